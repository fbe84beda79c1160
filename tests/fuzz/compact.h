/* Messages in few bytes: what a mutation changes is then a type, an index, an
 * address at a boundary, not one of the many bits of a header that decide
 * nothing.
 *
 * Type; shape; what the shape asks for: thread, target node, request, arguments,
 * length of the payload; if there is one, the byte that fills it.  Numbers that
 * matter are one byte (compact.c). */
#ifndef POPCORN_TESTS_FUZZ_COMPACT_H
#define POPCORN_TESTS_FUZZ_COMPACT_H

#include "runtime/base/layout.h"
#include "runtime/message/message.h"
#include "tests/fuzz/fuzz.h"

#define COMPACT_SHARED_START 0x18000000ull
#define COMPACT_SHARED_END 0x18100000ull
#define COMPACT_PAYLOAD_MAX (4 * POPCORN_PAGE_SIZE)

/* Two numbers of the target's own: kernel thread ids. */
extern uint64_t compact_own[2];

/* The next message of the input, with header.length bytes at `payload`. `thread`
 * is whose it is if it does not say so. */
struct popcorn_message compact_read(struct fuzz_input *input, unsigned thread,
                                    uint8_t payload[COMPACT_PAYLOAD_MAX]);

/* For a seed: a message with the payload its type has. */
struct compact {
    uint16_t type;
    uint16_t thread; /* if has_thread */
    int has_thread;
    unsigned target;
    uint64_t request;
    uint64_t arg[6];
};

void compact_write(struct fuzz_output *output, const struct compact *message);

#endif
