/* See pts.h. */
#include "runtime/stack/pts.h"

#include "isa/neutral/abi.h"
#include "runtime/stack/checksum.h"
#include "runtime/stack/stack.h"

uint64_t pts_checksum(const struct pts_header *header, const void *frames)
{
    return checksum64_headed(header, offsetof(struct pts_header, checksum),
                             frames, header->frame_bytes);
}

/* Not a memcpy() of the whole: inside members there is none to call. */
static void copy_header(struct pts_header *header, const uint8_t *bytes)
{
    for (size_t at = 0; at < sizeof *header; at += 8) {
        __builtin_memcpy((uint8_t *)header + at, bytes + at, 8);
    }
}

int pts_read_header(const void *bytes, uint64_t size_bytes,
                    struct pts_header *header, struct popcorn_error *error)
{
    if (size_bytes < sizeof *header) {
        return popcorn_error_set(error, -NEUTRAL_EBADMSG,
                                 "the portable thread state is truncated: %lu "
                                 "bytes",
                                 size_bytes);
    }
    copy_header(header, bytes);
    if (header->magic != PTS_MAGIC) {
        return popcorn_error_set(error, -NEUTRAL_EBADMSG,
                                 "not a portable thread state (magic %lx)",
                                 (uint64_t)header->magic);
    }
    if (header->version != PTS_VERSION ||
        header->header_bytes != sizeof *header) {
        return popcorn_error_set(error, -NEUTRAL_EBADMSG,
                                 "a portable thread state of version %u, this "
                                 "reads version %u",
                                 (uint32_t)header->version,
                                 (uint32_t)PTS_VERSION);
    }
    if (header->frame_bytes != size_bytes - sizeof *header) {
        return popcorn_error_set(error, -NEUTRAL_EBADMSG,
                                 "the portable thread state is truncated or "
                                 "corrupt: the header says %lu bytes of "
                                 "frames, there are %lu",
                                 header->frame_bytes,
                                 size_bytes - sizeof *header);
    }
    if (pts_checksum(header, (const uint8_t *)bytes + sizeof *header) !=
        header->checksum) {
        return popcorn_error_set(error, -NEUTRAL_EBADMSG,
                                 "the portable thread state is corrupt: its "
                                 "checksum is wrong");
    }
    return 0;
}
