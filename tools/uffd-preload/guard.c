/* The guard: a thread of a QEMU process, unknown to QEMU and its guest, that ends
 * a home member which has lost a part of the program.
 *
 * The guest cannot be relied on for that. A thread that waits for a page is in
 * guest code for QEMU; exit_group (plugin clean-up) and every exclusive section
 * of another thread wait until it leaves that, and every other thread waits for
 * the section when it comes back from a system call. The kernel's exit_group ends
 * threads that wait for pages, and is called from here.
 *
 *   agent writes a wait status     end with it; the agent has said why
 *   agent is stopped for long      say so, then kill it (docs/dsm.md)
 *   agent has ended                nothing has departed yet: wait until it has
 *                                  (it may be on its way), or for ever
 *                                  else say why, status 70
 *                                  the program exits by itself: end with its
 *                                  status if it does not within 1 s
 *
 * The member is silent then (popcorn_agent_lost). Who decides is the one that
 * changes `end` in the node page. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/exit_status.h"
#include "runtime/base/node_page.h"
#include "runtime/base/stopped.h"
#include "tools/uffd-preload/guard.h"

enum { STACK_BYTES = 256 << 10, GRACE_S = 1 };

static struct popcorn_node_page *page;
static int pipe_fd;

static _Noreturn void end_with(int wait_status)
{
    const struct rlimit none = {0, 0}; /* QEMU's core would be of no use */
    int signal_number = WTERMSIG(wait_status);
    sigset_t set;

    if (WIFSIGNALED(wait_status)) {
        setrlimit(RLIMIT_CORE, &none);
        signal(signal_number, SIG_DFL);
        sigemptyset(&set);
        sigaddset(&set, signal_number);
        pthread_sigmask(SIG_UNBLOCK, &set, NULL);
        raise(signal_number);
    }
    _exit(WEXITSTATUS(wait_status));
}

/* A write() would wait for the file's position, which a thread may hold in a
 * write() from a page that never comes. */
static void say(char *line)
{
    struct iovec vector = {line, strlen(line)};

    if (pwritev2(2, &vector, 1, 0, RWF_APPEND) < 0) { /* not a file */
        (void)!write(2, vector.iov_base, vector.iov_len);
    }
}

static _Noreturn void agent_ended(void)
{
    static char line[] = "popcorn: " POPCORN_AGENT_LOST_TEXT "\n";
    uint32_t end = POPCORN_GOES_ON;

    while (__atomic_load_n(&page->departed, __ATOMIC_SEQ_CST) == 0) {
        syscall(SYS_futex, &page->departed, FUTEX_WAIT, 0, NULL);
    }
    if (__atomic_compare_exchange_n(&page->end, &end, POPCORN_IS_LOST, 0,
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        say(line);
        _exit(POPCORN_EXIT_LOST_NODE);
    }
    sleep(GRACE_S);
    _exit((int)(end >> 8) & 255);
}

static int agent_is_stopped(void)
{
    char path[32], stat[512];
    ssize_t got = -1;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/stat", page->agent_pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        got = read(fd, stat, sizeof stat);
        close(fd);
    }
    return got > 0 && stopped_state(stat, (uint64_t)got) == 'T';
}

static void look_at_agent(void)
{
    static struct stopped_beats beats;
    static uint32_t looks;
    int may_be = stopped_may_be(
        &beats, __atomic_load_n(&page->agent_beats, __ATOMIC_RELAXED));
    char line[sizeof POPCORN_AGENT_STOPPED_TEXT + 32];

    switch (stopped_look(&looks, may_be && agent_is_stopped())) {
    case STOPPED_SAY:
        snprintf(line, sizeof line, "popcorn: %s%d\n",
                 POPCORN_AGENT_STOPPED_TEXT, page->agent_pid);
        say(line);
        break;
    case STOPPED_TOO_LONG: /* and the pipe ends */
        kill(page->agent_pid, SIGKILL);
        break;
    case STOPPED_NOTHING:
        break;
    }
}

static void *run(void *unused)
{
    struct pollfd input = {.fd = pipe_fd, .events = POLLIN};
    int wait_status;

    (void)unused;
    while (poll(&input, 1, page->look_ms != 0 ? (int)page->look_ms : 1000) <=
           0) {
        if (page->look_ms != 0) { /* the agent has begun */
            look_at_agent();
        }
    }
    if (read(pipe_fd, &wait_status, sizeof wait_status) != sizeof wait_status) {
        agent_ended();
    }
    __atomic_store_n(&page->end, POPCORN_IS_LOST, __ATOMIC_SEQ_CST);
    end_with(wait_status);
}

int guard_start(int guard_fd, int node_page_fd)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    int result;

    pipe_fd = guard_fd;
    fcntl(guard_fd, F_SETFD, FD_CLOEXEC);
    page = mmap(NULL, POPCORN_SEGMENT_ALIGN, PROT_READ | PROT_WRITE, MAP_SHARED,
                node_page_fd, 0);
    if (page == MAP_FAILED) {
        return -1;
    }
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    result = pthread_create(&thread, &attributes, run, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return result == 0 ? 0 : -1;
}
