/* Starting the agents, then becoming the home member.
 *
 * The process the user started becomes the program by exec, so its process id,
 * terminal, job control, signals and exit status are the program's own.  The
 * agents are nobody's children: forked twice, in their own sessions. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/popcorn/popcorn.h"

/* A connection between the agents of two nodes of one machine. It takes a
 * stream's pages at once (runtime/dsm/read_ahead.c) where net.core.wmem_max lets
 * it; the default is less than one run of them. */
static int connect_nodes(int ends[2])
{
    const int buffer_bytes = 1 << 20;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return -errno;
    }
    for (int i = 0; i < 2; i++) {
        setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &buffer_bytes,
                   sizeof buffer_bytes);
    }
    return 0;
}

/* Returns when the agent has been exec'd. 0 or -errno. */
static int start_agent(const struct agent_config *config, const char *path)
{
    int report[2], problem = 0;
    pid_t child;
    ssize_t got;

    if (pipe2(report, O_CLOEXEC) != 0) {
        return -errno;
    }
    child = fork();
    if (child < 0) {
        return -errno;
    }
    if (child == 0) {
        setsid();
        if (fork() == 0) {
            problem = -agent_exec(config, path);
            got = write(report[1], &problem, sizeof problem);
            _exit(got == sizeof problem ? POPCORN_EXIT_FAILURE : 124);
        }
        _exit(0);
    }
    close(report[1]);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
    do {
        got = read(report[0], &problem, sizeof problem);
    } while (got < 0 && errno == EINTR);
    close(report[0]);
    return got == sizeof problem ? -problem : 0;
}

/* What one node's agent gets, on top of what is common. */
static int prepare_node(struct agent_config *node_config,
                        const struct popcorn_pack *pack,
                        struct popcorn_error *error)
{
    const char *isa = node_config->isa[node_config->node];

    if (strcmp(isa, machine_isa()) != 0) {
        char name[32];
        snprintf(name, sizeof name, "qemu-%s", isa);
        if (find_in_path(name, node_config->qemu, sizeof node_config->qemu) !=
                0 ||
            find_support_file("libpopcorn-uffd.so", node_config->preload,
                              sizeof node_config->preload) != 0) {
            snprintf(error->text, sizeof error->text,
                     "libpopcorn-uffd.so is missing from lib/popcorn; install "
                     "Popcorn again");
            return -ENOENT;
        }
    }
    if (node_config->node == node_config->home) {
        return 0;
    }
    node_config->image_fd = popcorn_pack_extract(pack, isa, error);
    return node_config->image_fd < 0 ? node_config->image_fd : 0;
}

static int start_remote(const struct agent_config *common, unsigned node,
                        int home_end, const struct popcorn_pack *pack,
                        const char *agent, struct popcorn_error *error)
{
    struct agent_config *config = malloc(sizeof *config);
    int result;

    if (config == NULL) {
        return -ENOMEM;
    }
    config_for_node(config, common, node);
    config->peer_fd[config->home] = home_end;
    result = prepare_node(config, pack, error);
    if (result == 0) {
        result = start_agent(config, agent);
    }
    if (config->image_fd >= 0) {
        close(config->image_fd);
    }
    free(config);
    return result;
}

static int start_agents(struct agent_config *config,
                        const struct popcorn_pack *pack, const char *agent,
                        struct popcorn_error *error)
{
    int result = 0;

    for (unsigned node = 0; node < config->node_count && result == 0; node++) {
        int ends[2];
        if (node == config->home) {
            continue;
        }
        if (config->address[node][0] != '\0') {
            result = remote_start(config, node, pack, error);
            continue;
        }
        result = connect_nodes(ends);
        if (result != 0) {
            return result;
        }
        config->peer_fd[node] = ends[0];
        result = start_remote(config, node, ends[1], pack, agent, error);
        close(ends[1]);
    }
    return result == 0 ? start_agent(config, agent) : result;
}

static void choose_control(struct agent_config *config)
{
    char directory[80];

    if (control_directory(directory, sizeof directory, 1) != 0) {
        fail(0,
             "%s is not a directory of this user's alone, so `popcorn "
             "migrate` will not find this program",
             directory);
        return;
    }
    snprintf(config->control, sizeof config->control, "%s/%d.sock", directory,
             (int)getpid());
}

static int become_member(const struct agent_config *config,
                         const struct popcorn_pack *pack, const char *path,
                         char **arguments, int member_fd, int guard_fd,
                         struct popcorn_error *error)
{
    const char *isa = config->isa[config->home];
    const struct popcorn_pack_image *image = popcorn_pack_find(pack, isa);
    struct member_start start = {.isa = isa,
                                 .qemu = config->qemu,
                                 .preload = config->preload,
                                 .image_fd = -1,
                                 .arguments = arguments,
                                 .home = 1,
                                 .userfault = config->node_count > 1,
                                 .member_fd = member_fd,
                                 .node_page_fd = config->node_page_fd,
                                 .memory_fd = config->memory_fd,
                                 .guard_fd = guard_fd};

    if (image->is_host && config->qemu[0] == '\0') {
        start.path = path;
    } else {
        start.image_fd = popcorn_pack_extract(pack, isa, error);
        if (start.image_fd < 0) {
            return start.image_fd;
        }
    }
    return member_exec(&start);
}

/* A pipe from home's agent to the guard of a member under QEMU. */
static int connect_guard(struct agent_config *config, int *guard_fd)
{
    int ends[2];

    if (config->qemu[0] == '\0' || config->node_count == 1) {
        return 0;
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return -errno;
    }
    *guard_fd = ends[0];
    config->guard_fd = ends[1];
    return 0;
}

int launch(struct agent_config *config, const struct popcorn_pack *pack,
           const char *path, char **arguments)
{
    struct popcorn_error error = {0};
    char agent[4096];
    int pair[2], guard_fd = -1, result;

    result = find_support_file("popcorn-agent", agent, sizeof agent);
    if (result != 0) {
        return fail(POPCORN_EXIT_FAILURE,
                    "popcorn-agent is missing from lib/popcorn; "
                    "install Popcorn again");
    }
    config->node = config->home;
    config->home_pid = getpid();
    choose_control(config);
    result = prepare_node(config, pack, &error);
    if (result == 0) {
        result =
            member_memory_create(&config->node_page_fd, &config->memory_fd);
        if (result == -EFBIG) {
            snprintf(error.text, sizeof error.text,
                     "its memory is a file, and the limit on the size of files "
                     "(ulimit -f) does not allow it");
        }
    }
    if (result == 0) {
        result = connect_guard(config, &guard_fd);
    }
    if (result == 0) {
        result = member_page_init(config, config->node_page_fd);
    }
    if (result == 0 && connect_nodes(pair) != 0) {
        result = -errno;
    }
    if (result == 0) {
        config->member_fd = pair[0];
        result = start_agents(config, pack, agent, &error);
    }
    if (result == 0) {
        result = become_member(config, pack, path, arguments, pair[1], guard_fd,
                               &error);
    }
    /* The agents see this process end, and end too. */
    return fail(result == -ENOEXEC || result == -EACCES ? EXIT_NOT_EXECUTABLE
                                                        : POPCORN_EXIT_FAILURE,
                "%s cannot be started: %s", arguments[0],
                error.text[0] != '\0' ? error.text : strerror(-result));
}
