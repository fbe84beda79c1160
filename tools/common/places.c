/* Where things are: the program, our own files, QEMU, control sockets. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tools/common/common.h"

int find_support_file(const char *name, char *path, size_t size_bytes)
{
    char self[3072];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash;

    if (length < 0) {
        return -errno;
    }
    self[length] = '\0';
    slash = strrchr(self, '/');
    if (slash == NULL) {
        return -ENOENT;
    }
    *slash = '\0';
    snprintf(path, size_bytes, "%s/../lib/popcorn/%s", self, name);
    return access(path, R_OK) == 0 ? 0 : -errno;
}

int find_in_path(const char *name, char *path, size_t size_bytes)
{
    const char *next = getenv("PATH");
    int denied = 0;

    if (next == NULL) {
        next = "/usr/local/bin:/usr/bin:/bin";
    }
    while (*next != '\0') {
        size_t length = strcspn(next, ":");
        struct stat status;
        snprintf(path, size_bytes, "%.*s%s%s", (int)length, next,
                 length == 0 ? "" : "/", name);
        if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
            if (access(path, X_OK) == 0) {
                return 0;
            }
            denied = 1;
        }
        next += length + (next[length] == ':');
    }
    return denied ? -EACCES : -ENOENT;
}

int find_program(const char *name, char *path, size_t size_bytes)
{
    struct stat status;
    int result = 0;

    if (strchr(name, '/') != NULL) {
        snprintf(path, size_bytes, "%s", name);
        if (stat(path, &status) != 0) {
            result = -errno;
        } else if (S_ISDIR(status.st_mode)) {
            return fail(EXIT_NOT_EXECUTABLE, "%s is a directory", name);
        } else if (access(path, X_OK) != 0) {
            result = -errno;
        }
    } else {
        result = find_in_path(name, path, size_bytes);
    }
    if (result == 0) {
        return 0;
    }
    if (result == -ENOENT || result == -ENOTDIR) {
        return fail(EXIT_NOT_FOUND, "%s: no such program", name);
    }
    return fail(EXIT_NOT_EXECUTABLE, "%s cannot be run: %s", name,
                strerror(-result));
}

int is_dynamic(const char *path)
{
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int found = 0;

    if (fd < 0) {
        return 0;
    }
    if (pread(fd, &header, sizeof header, 0) == sizeof header &&
        memcmp(header.e_ident, ELFMAG, SELFMAG) == 0) {
        for (unsigned i = 0; i < header.e_phnum && !found; i++) {
            off_t offset = (off_t)(header.e_phoff + i * sizeof segment);
            found =
                pread(fd, &segment, sizeof segment, offset) == sizeof segment &&
                segment.p_type == PT_INTERP;
        }
    }
    close(fd);
    return found;
}

const char *machine_isa(void)
{
    static struct utsname name;

    return uname(&name) == 0 ? name.machine : "unknown";
}
