/* Portable thread state (PTS): a thread at a migration point, for any ISA.
 *
 * Little-endian, fixed-width, versioned; nothing in it names a register.
 * docs/formats.md has the byte layout; popcorn-dump prints it.
 *
 *   struct pts_header
 *   frames, outermost first:  struct pts_frame, then value_count x u64
 */
#ifndef POPCORN_STACK_PTS_H
#define POPCORN_STACK_PTS_H

#include <stddef.h>
#include <stdint.h>

#define PTS_MAGIC 0x31535450u /* "PTS1" */
#define PTS_VERSION 3

struct pts_header {
    uint32_t magic;
    uint16_t version;
    uint16_t header_bytes;
    uint8_t program_id[32];
    uint32_t thread_id;
    uint32_t fpenv; /* isa_get_fpenv() */
    uint64_t signal_mask;
    uint64_t tls_block;   /* neutral TLS block address */
    uint64_t frame_bytes; /* total of the frame records */
    uint32_t frame_count;
    uint32_t migration_epoch; /* __popcorn_epoch; setjmp buffers compare it */
    /* A system call to carry out on arrival, before resuming with its result
     * as the value of the innermost call; number -1: none. */
    int64_t syscall_number;
    int64_t syscall_arg[6];
    uint64_t checksum; /* pts_checksum() */
};

struct pts_frame {
    uint32_t call_site;
    uint16_t value_count;
    uint16_t reserved; /* 0 */
};

_Static_assert(sizeof(struct pts_header) == 144, "PTS header is fixed");
_Static_assert(offsetof(struct pts_header, checksum) == 136, "it is last");
_Static_assert(sizeof(struct pts_frame) == 8, "PTS frame is fixed");

struct popcorn_error;

/* What `checksum` must be: of the header before it and the frame_bytes bytes of
 * frames. */
uint64_t pts_checksum(const struct pts_header *header, const void *frames);

/* Copies the header out of a whole state and checks it: magic, version, sizes,
 * checksum. The frames are stack_rebuild()'s to check. 0 or -EBADMSG.
 * Async-signal-safe. */
int pts_read_header(const void *bytes, uint64_t size_bytes,
                    struct pts_header *header, struct popcorn_error *error);

#endif
