/* The member as a process: the remote one is this agent's child, the home one
 * is the process that ran `popcorn run`. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/agent/agent.h"

static int map_page(struct agent *agent, int fd)
{
    void *page = mmap(NULL, POPCORN_SEGMENT_ALIGN, PROT_READ | PROT_WRITE,
                      MAP_SHARED, fd, 0);

    if (page == MAP_FAILED) {
        return -errno;
    }
    agent->page = page;
    return 0;
}

static int watch_process(struct agent *agent)
{
    agent->member_pidfd = (int)syscall(SYS_pidfd_open, agent->member_pid, 0);
    if (agent->member_pidfd < 0) {
        return -errno;
    }
    return agent_watch(agent, agent->member_pidfd, WATCH_MEMBER_PID, 0,
                       EPOLLIN);
}

static int use_socket(struct agent *agent, int fd)
{
    seat_link(agent, 0)->present = agent->node == agent->home;
    return seat_open(agent, 0, fd);
}

int member_adopt(struct agent *agent)
{
    int result = map_page(agent, agent->config.node_page_fd);

    agent->member_pid = agent->config.home_pid;
    if (result == 0) {
        agent->page->agent_pid = getpid();
        agent->page->look_ms = fault_tick_ms(&agent->fault, POPCORN_LOOK_MS);
        result = watch_process(agent);
    }
    if (result == 0) {
        result = use_socket(agent, agent->config.member_fd);
    }
    return result;
}

/* In the child: becomes the member, or says why not and ends. */
static _Noreturn void run_member(struct agent *agent, int member_fd,
                                 int node_page_fd, int memory_fd, pid_t parent)
{
    const struct agent_config *config = &agent->config;
    char *arguments[] = {(char *)config->program, NULL};
    struct member_start start = {.isa = config->isa[config->node],
                                 .qemu = config->qemu,
                                 .preload = config->preload,
                                 .image_fd = config->image_fd,
                                 .arguments = arguments,
                                 .home = 0,
                                 .userfault = 1,
                                 .member_fd = member_fd,
                                 .node_page_fd = node_page_fd,
                                 .memory_fd = memory_fd,
                                 .guard_fd = -1};
    int result;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(POPCORN_EXIT_FAILURE);
    }
    signal(SIGPIPE, SIG_DFL);
    /* The program's environment is home's; this member needs none of it. */
    clearenv();
    setenv("PATH", "/usr/local/bin:/usr/bin:/bin", 1);
    result = member_exec(&start);
    dprintf(2, "popcorn: node %u (%s): cannot start the program: %s\n",
            config->node, start.isa, strerror(-result));
    _exit(POPCORN_EXIT_FAILURE);
}

int member_start(struct agent *agent)
{
    int pair[2], node_page_fd, memory_fd;
    pid_t self = getpid();
    int result = member_memory_create(&node_page_fd, &memory_fd);

    if (result != 0 ||
        (result = member_page_init(&agent->config, node_page_fd)) != 0 ||
        (result = map_page(agent, node_page_fd)) != 0) {
        return result;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        return -errno;
    }
    agent->config.memory_fd = memory_fd;
    agent->member_pid = fork();
    if (agent->member_pid < 0) {
        return -errno;
    }
    if (agent->member_pid == 0) {
        run_member(agent, pair[1], node_page_fd, memory_fd, self);
    }
    close(pair[1]);
    result = watch_process(agent);
    if (result == 0) {
        result = use_socket(agent, pair[0]);
    }
    return result;
}

/* Ended, and perhaps reaped: its process id may be another's. */
static int pidfd_says_ended(const struct agent *agent)
{
    struct pollfd ended = {.fd = agent->member_pidfd, .events = POLLIN};

    return poll(&ended, 1, 0) != 0;
}

int member_kill(struct agent *agent)
{
    int is_child = agent->node != agent->home; /* nobody else reaps it */

    if (syscall(SYS_pidfd_send_signal, agent->member_pidfd, SIGKILL, NULL, 0) ==
        0) {
        return 0;
    }
    if (errno != ESRCH && (is_child || !pidfd_says_ended(agent)) &&
        kill(agent->member_pid, SIGKILL) == 0) {
        return 0;
    }
    return -errno;
}

int member_stop(struct agent *agent)
{
    static int status;

    if (!agent->member_ended && agent->member_pid > 0 &&
        agent->node != agent->home) {
        agent->member_ended = 1;
        /* Already ended: then this does nothing and the status is its own. One
         * that cannot be killed dies with this process (PR_SET_PDEATHSIG). */
        if (waitpid(agent->member_pid, &status, WNOHANG) == 0 &&
            member_kill(agent) == 0) {
            waitpid(agent->member_pid, &status, 0);
        }
    }
    return status;
}
