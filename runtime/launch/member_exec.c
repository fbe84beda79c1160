/* Starting a member: its memfds, its node page, its environment, its exec.
 *
 * The same for the home member (exec'd by `popcorn run` in its own process) and
 * a remote one (exec'd by a child of its agent). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runtime/dsm/space.h"
#include "runtime/launch/config.h"

enum { FIRST_HIGH_FD = 1000 };

int member_memory_create(int *node_page_fd, int *memory_fd)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
        limit.rlim_cur < SPACE_FILE_BYTES) {
        return -EFBIG; /* or a signal would tell */
    }
    *node_page_fd = memfd_create("popcorn-node-page", MFD_CLOEXEC);
    *memory_fd = memfd_create("popcorn-memory", MFD_CLOEXEC);
    if (*node_page_fd < 0 || *memory_fd < 0 ||
        ftruncate(*node_page_fd, POPCORN_SEGMENT_ALIGN) != 0 ||
        ftruncate(*memory_fd, (off_t)SPACE_FILE_BYTES) != 0) {
        return -errno;
    }
    return 0;
}

int member_page_init(const struct agent_config *config, int node_page_fd)
{
    struct popcorn_node_page page = {.magic = POPCORN_NODE_PAGE_MAGIC};

    page.away = config->node != config->home;
    page.poll_word = config->bounce_every != 0;
    page.node_id = config->node;
    page.home_id = config->home;
    page.node_count = config->node_count;
    page.bounce_every = config->bounce_every;
    page.bounce_limit = config->bounce_limit;
    page.bounce_each = config->bounce_each;
    page.flags = config->flags;
    page.guarded = config->guard_fd >= 0;
    memcpy(page.isa, config->isa, sizeof page.isa);
    return pwrite(node_page_fd, &page, sizeof page, 0) == sizeof page ? 0
                                                                      : -EIO;
}

/* A copy out of the program's way that survives exec; the original number if
 * the limit on descriptors is lower. */
static int high_copy(int fd)
{
    int copy = fcntl(fd, F_DUPFD, FIRST_HIGH_FD);

    return copy >= 0 ? copy : fcntl(fd, F_DUPFD, 3);
}

static int exec_native(const struct member_start *start)
{
    char path[64];

    if (start->path != NULL) {
        execv(start->path, start->arguments);
        return -errno;
    }
    fexecve(start->image_fd, start->arguments, environ);
    if (errno == ENOSYS) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", start->image_fd);
        execv(path, start->arguments);
    }
    return -errno;
}

static int exec_qemu(const struct member_start *start, int member_fd,
                     int node_page_fd)
{
    size_t count = 0;
    int image = high_copy(start->image_fd);
    int guard = high_copy(start->guard_fd);
    char path[64], preload[64];
    const char *old = getenv("LD_PRELOAD");
    char **arguments;

    if (image < 0 || (guard < 0 && start->guard_fd >= 0)) {
        return -EMFILE;
    }
    while (start->arguments[count] != NULL) {
        count++;
    }
    arguments = calloc(count + 8, sizeof *arguments);
    if (arguments == NULL) {
        return -ENOMEM;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", image);
    snprintf(preload, sizeof preload, "%d,%d,%d,%d,%d", member_fd, image,
             start->userfault, guard, node_page_fd);
    if (old != NULL) {
        setenv("POPCORN_OLD_LD_PRELOAD", old, 1);
    }
    setenv("LD_PRELOAD", start->preload, 1);
    setenv("POPCORN_UFFD", preload, 1);
    arguments[0] = (char *)start->qemu;
    arguments[1] = "-B"; /* guest addresses are host addresses: the */
    arguments[2] = "0";  /* userfaultfd speaks of the latter */
    arguments[3] = "-0";
    arguments[4] = start->arguments[0];
    arguments[5] = path;
    memcpy(arguments + 6, start->arguments + 1, count * sizeof *arguments);
    execv(start->qemu, arguments);
    return -errno;
}

int member_exec(const struct member_start *start)
{
    char value[96];
    int native = start->qemu == NULL || start->qemu[0] == '\0';
    int member_fd = high_copy(start->member_fd);
    int node_page_fd = high_copy(start->node_page_fd);
    int memory_fd = high_copy(start->memory_fd);

    if (member_fd < 0 || node_page_fd < 0 || memory_fd < 0) {
        return -errno;
    }
    snprintf(value, sizeof value, "%d,%s,%d,%d,%d", member_fd,
             start->home ? "home" : "remote", node_page_fd, memory_fd,
             native && start->userfault);
    if (setenv("POPCORN_MEMBER", value, 1) != 0) {
        return -errno;
    }
    return native ? exec_native(start)
                  : exec_qemu(start, member_fd, node_page_fd);
}
