/* A file that is put together in memory: room enough, filled from its start. */
#ifndef POPCORN_LINKER_BUFFER_H
#define POPCORN_LINKER_BUFFER_H

#include <stdint.h>
#include <string.h>

#include "runtime/base/align.h"

struct buffer {
    uint8_t *bytes; /* large enough for all that is appended */
    uint64_t size_bytes;
};

/* Appends zero bytes up to `align`, then `bytes`; the offset they got. */
static inline uint64_t buffer_append(struct buffer *out, uint64_t align,
                                     const void *bytes, uint64_t size_bytes)
{
    uint64_t at = round_up(out->size_bytes, align);
    memset(out->bytes + out->size_bytes, 0, at - out->size_bytes);
    if (size_bytes != 0) {
        memcpy(out->bytes + at, bytes, size_bytes);
    }
    out->size_bytes = at + size_bytes;
    return at;
}

#endif
