/* Maps a file that the C library reads: time zones, message catalogues.
 *
 * MAP_PRIVATE, not MAP_SHARED as musl: a program that maps a file MAP_SHARED
 * stays where it is, and every program that asks for the local time would. The
 * library never expects such a file to change while it is mapped.
 */
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "kstat.h"
#include "syscall.h"

/* The contents, or null; *size is their length in bytes. */
const unsigned char *__map_file(const char *path, size_t *size)
{
    int fd = sys_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    void *contents = MAP_FAILED;
    struct kstat status;

    if (fd < 0) {
        return NULL;
    }
    if (__syscall(SYS_fstat, fd, &status) == 0) {
        *size = (size_t)status.st_size;
        contents = __mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    __syscall(SYS_close, fd);
    return contents == MAP_FAILED ? NULL : contents;
}
