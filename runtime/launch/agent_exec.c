/* Becoming an agent: the same from `popcorn run` and from popcornd (config.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/launch/config.h"

static void inherit(int fd)
{
    if (fd >= 0) {
        fcntl(fd, F_SETFD, 0);
    }
}

int agent_exec(const struct agent_config *config, const char *path)
{
    char number[16];
    char *arguments[] = {(char *)"popcorn-agent", (char *)"--config", number,
                         NULL};
    int config_fd = config_write(config);
    int null = open("/dev/null", O_RDWR);
    sigset_t none;

    if (config_fd < 0) {
        return config_fd;
    }
    if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0) {
        return -errno;
    }
    syscall(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC);
    inherit(config_fd);
    inherit(config->member_fd);
    inherit(config->memory_fd);
    inherit(config->node_page_fd);
    inherit(config->image_fd);
    inherit(config->guard_fd);
    inherit(config->trace_fd);
    inherit(config->stats_fd);
    for (unsigned node = 0; node < config->node_count; node++) {
        inherit(config->peer_fd[node]);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (chdir("/") != 0) {
        return -errno;
    }
    snprintf(number, sizeof number, "%d", config_fd);
    execv(path, arguments);
    return -errno;
}
