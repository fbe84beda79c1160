/* userfaultfd and memfd operations of node_memory.h. */
#include "runtime/dsm/node_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/userfaultfd.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runtime/base/layout.h"

static const uint8_t zeros[64 * POPCORN_PAGE_SIZE]
    __attribute__((aligned(POPCORN_PAGE_SIZE)));

int node_memory_register(struct node_memory *memory, uint64_t start,
                         uint64_t end)
{
    struct uffdio_register arguments = {.range = {start, end - start},
                                        .mode = UFFDIO_REGISTER_MODE_MISSING |
                                                UFFDIO_REGISTER_MODE_WP};

    if (start >= end) {
        return 0;
    }
    if (ioctl(memory->userfault, UFFDIO_REGISTER, &arguments) != 0) {
        return -errno;
    }
    return 0;
}

/* UFFDIO_COPY, continued over partial results. *done counts bytes.  The kernel
 * wants a copy to stay within one VMA, and a home member's mprotect (a guard
 * page, malloc's) splits them: what it refuses as a whole goes page by page. */
static int copy_pages(struct node_memory *memory, uint64_t address,
                      const void *bytes, uint64_t size_bytes, int shared,
                      uint64_t *done)
{
    uint64_t step = size_bytes;

    *done = 0;
    while (*done < size_bytes) {
        struct uffdio_copy arguments = {
            .dst = address + *done,
            .src = (uint64_t)(uintptr_t)bytes + *done,
            .len = step < size_bytes - *done ? step : size_bytes - *done,
            .mode = shared ? UFFDIO_COPY_MODE_WP : 0};
        int result = ioctl(memory->userfault, UFFDIO_COPY, &arguments);
        if (arguments.copy > 0) {
            *done += (uint64_t)arguments.copy;
        }
        if (result != 0 && errno == ENOENT && step > POPCORN_PAGE_SIZE) {
            step = POPCORN_PAGE_SIZE;
        } else if (result != 0 && errno != EAGAIN) {
            return -errno;
        }
    }
    return 0;
}

int node_memory_install(struct node_memory *memory, uint64_t address,
                        const void *bytes, uint64_t size_bytes, int shared,
                        uint64_t file_offset)
{
    uint64_t done, total = 0;
    int cleared = 0;

    while (total < size_bytes) {
        int result =
            copy_pages(memory, address + total, (const uint8_t *)bytes + total,
                       size_bytes - total, shared, &done);
        total += done;
        if (result == -EEXIST && !cleared) {
            /* Something outside the protocol (a member that touched memory
             * before it was registered) made pages: they hold nothing. */
            result = node_memory_punch(memory, file_offset + total,
                                       size_bytes - total);
            cleared = 1;
        }
        if (result != 0) {
            return result;
        }
    }
    return 0;
}

int node_memory_fill_zero(struct node_memory *memory, uint64_t address,
                          uint64_t size_bytes, int shared)
{
    uint64_t done;
    int result;

    if (size_bytes > sizeof zeros) {
        size_bytes = sizeof zeros;
    }
    /* Not UFFDIO_ZEROPAGE: it has no write-protected mode. */
    result = copy_pages(memory, address, zeros, size_bytes, shared, &done);
    if (result == -EEXIST) {
        result =
            done > 0 ? 0 : node_memory_wake(memory, address, POPCORN_PAGE_SIZE);
    }
    return result;
}

static int protect(struct node_memory *memory, uint64_t address,
                   uint64_t size_bytes, uint64_t mode)
{
    struct uffdio_writeprotect arguments = {.range = {address, size_bytes},
                                            .mode = mode};
    int result;

    do {
        result = ioctl(memory->userfault, UFFDIO_WRITEPROTECT, &arguments);
    } while (result != 0 && errno == EAGAIN);
    return result == 0 ? 0 : -errno;
}

int node_memory_protect(struct node_memory *memory, uint64_t address,
                        uint64_t size_bytes)
{
    return protect(memory, address, size_bytes, UFFDIO_WRITEPROTECT_MODE_WP);
}

int node_memory_unprotect(struct node_memory *memory, uint64_t address,
                          uint64_t size_bytes)
{
    return protect(memory, address, size_bytes, 0);
}

int node_memory_wake(struct node_memory *memory, uint64_t address,
                     uint64_t size_bytes)
{
    struct uffdio_range range = {address, size_bytes};

    return ioctl(memory->userfault, UFFDIO_WAKE, &range) == 0 ? 0 : -errno;
}

int node_memory_read(struct node_memory *memory, uint64_t file_offset,
                     void *bytes, uint64_t size_bytes)
{
    uint64_t done = 0;

    while (done < size_bytes) {
        ssize_t got = pread(memory->file, (uint8_t *)bytes + done,
                            size_bytes - done, (off_t)(file_offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? -errno : -EIO;
        }
        done += (uint64_t)got;
    }
    return 0;
}

int node_memory_punch(struct node_memory *memory, uint64_t file_offset,
                      uint64_t size_bytes)
{
    while (fallocate(memory->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                     (off_t)file_offset, (off_t)size_bytes) != 0) {
        if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}
