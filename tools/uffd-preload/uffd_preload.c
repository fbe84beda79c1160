/* libpopcorn-uffd.so: gives the agent a userfaultfd of a QEMU process, and at
 * home a guard (guard.c).
 *
 * QEMU user mode knows no userfaultfd, but its guest's memory is its own
 * memory.  Preloaded into qemu-<isa>, this makes the descriptor before QEMU
 * starts, sends it to the agent, and removes every trace from the environment
 * the guest will see.  It interposes no function.
 *
 * POPCORN_UFFD=<socket to the agent>,<image>,<0|1>,<guard>,<node page>: the image
 * is a descriptor that QEMU opens through /proc and nobody needs after a later
 * exec; 0: there is no other node, so no userfaultfd is made; the guard's pipe, or
 * -1. */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/exit_status.h"
#include "runtime/base/layout.h"
#include "tools/uffd-preload/guard.h"

static int open_userfault(void)
{
    struct uffdio_api api = {.api = UFFD_API,
                             .features = POPCORN_UFFD_FEATURES};
    int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 && errno == EPERM) {
        int device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
        if (device >= 0) {
            fd = ioctl(device, USERFAULTFD_IOC_NEW, O_CLOEXEC | O_NONBLOCK);
            close(device);
        }
    }
    if (fd >= 0 && ioctl(fd, UFFDIO_API, &api) != 0) {
        int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

static int send_descriptor(int socket_fd, int fd)
{
    char carrier = 'U', control[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec vector = {&carrier, 1};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    return sendmsg(socket_fd, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static void restore_environment(void)
{
    const char *old = getenv("POPCORN_OLD_LD_PRELOAD");

    if (old != NULL) {
        setenv("LD_PRELOAD", old, 1);
    } else {
        unsetenv("LD_PRELOAD");
    }
    unsetenv("POPCORN_OLD_LD_PRELOAD");
    unsetenv("POPCORN_UFFD");
}

__attribute__((constructor)) static void give_userfault(void)
{
    const char *value = getenv("POPCORN_UFFD");
    int socket_fd, image_fd, wanted, guard_fd, node_page_fd, fd, kept;

    if (value == NULL || sscanf(value, "%d,%d,%d,%d,%d", &socket_fd, &image_fd,
                                &wanted, &guard_fd, &node_page_fd) != 5) {
        return;
    }
    restore_environment();
    fcntl(image_fd, F_SETFD, FD_CLOEXEC);
    if (guard_fd >= 0 && guard_start(guard_fd, node_page_fd) != 0) {
        fprintf(stderr, "popcorn: the program cannot start: no memory or no "
                        "thread for what ends it when a node is lost\n");
        _exit(POPCORN_EXIT_FAILURE);
    }
    if (!wanted) {
        return;
    }
    fd = open_userfault();
    if (fd < 0) {
        fprintf(stderr,
                "popcorn: no userfaultfd for qemu: %s. Run as root, or set "
                "vm.unprivileged_userfaultfd=1, or give access to "
                "/dev/userfaultfd\n",
                strerror(errno));
        return;
    }
    if (send_descriptor(socket_fd, fd) != 0) {
        fprintf(stderr, "popcorn: the agent of this node is gone\n");
    }
    /* Kept open, out of the guest's way: if the agent dies, faults must go on
     * waiting; with the last copy closed absent pages would read as zeros. */
    kept = fcntl(fd, F_DUPFD_CLOEXEC, 1000);
    if (kept >= 0) {
        close(fd);
    }
}
