/* See output.h. */
#include "linker/pack/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linker/pack/elf_view.h"

static int write_fully(int fd, const uint8_t *bytes, uint64_t size_bytes)
{
    for (uint64_t done = 0; done < size_bytes;) {
        ssize_t n = write(fd, bytes + done, size_bytes - done);
        if (n < 0 && errno != EINTR) {
            return -errno;
        }
        done += n > 0 ? (uint64_t)n : 0;
    }
    return 0;
}

static int fail_to_write(const char *path, int code,
                         struct popcorn_error *error)
{
    return elf_fail(error, code, "%s: cannot write: %s", path, strerror(-code));
}

static int write_special(const char *path, const void *bytes,
                         uint64_t size_bytes, struct popcorn_error *error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int result = fd < 0 ? -errno : write_fully(fd, bytes, size_bytes);
    if (fd >= 0) {
        close(fd);
    }
    return result == 0 ? 0 : fail_to_write(path, result, error);
}

/* Who interrupts a build finds the file whole or not at all, and none beside it. */
static void block_interrupts(sigset_t *before)
{
    sigset_t interrupts;

    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGHUP);
    sigaddset(&interrupts, SIGINT);
    sigaddset(&interrupts, SIGTERM);
    sigprocmask(SIG_BLOCK, &interrupts, before);
}

static int replace(const char *path, const char *temporary, const void *bytes,
                   uint64_t size_bytes, unsigned mode)
{
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    int result = fd < 0 ? -errno : write_fully(fd, bytes, size_bytes);
    if (fd >= 0 && close(fd) != 0 && result == 0) {
        result = -errno;
    }
    if (result == 0 && rename(temporary, path) != 0) {
        result = -errno;
    }
    if (result != 0) {
        unlink(temporary);
    }
    return result;
}

int output_write(const char *path, const void *bytes, uint64_t size_bytes,
                 unsigned mode, struct popcorn_error *error)
{
    char temporary[4096];
    struct stat status;
    sigset_t before;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        return write_special(path, bytes, size_bytes, error);
    }
    if (snprintf(temporary, sizeof(temporary), "%s.tmp%ld", path,
                 (long)getpid()) >= (int)sizeof(temporary)) {
        return elf_fail(error, -ENAMETOOLONG, "%s: the name is too long", path);
    }
    block_interrupts(&before);
    int result = replace(path, temporary, bytes, size_bytes, mode);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return result == 0 ? 0 : fail_to_write(path, result, error);
}
