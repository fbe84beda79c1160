/* See compact.h. */
#include "tests/fuzz/compact.h"

#include "runtime/message/connection.h" /* POPCORN_PROTOCOL_VERSION */
#include "runtime/stack/pts.h"

/* Bits of the shape; bits 4 to 6 are the number of arguments. */
enum {
    THREAD_MASK = 3,
    THREAD_GIVEN = 0,
    THREAD_BYTE = 1,
    THREAD_DESK = 2,
    THREAD_WORD = 3,
    HAS_TARGET = 1 << 2,
    HAS_REQUEST = 1 << 3,
    ARGUMENTS_AT = 4,
    HAS_LENGTH = 1 << 7
};

enum { PTS_BYTES = sizeof(struct pts_header) + 16, TEXT_BYTES = 24 };

/* Codes of numbers. Below FIRST_PAGE: itself. */
enum {
    FIRST_PAGE = 0x80,   /* 32 pages of the arena */
    FIRST_SHARED = 0xa0, /* 16 pages of .data */
    FIRST_SPECIAL = 0xb0,
    FIRST_LITERAL = 0xc0, /* then 2, 4, 8 bytes */
    FIRST_OWN = 0xc3,
    FIRST_NEGATIVE = 0xc5 /* up to -1 */
};

uint64_t compact_own[2];

static const uint64_t special[FIRST_LITERAL - FIRST_SPECIAL] = {
    UINT64_MAX - POPCORN_PAGE_SIZE + 1,
    INT64_MAX,
    1ull << 63,
    POPCORN_DESK,
    POPCORN_MAX_THREADS,
    POPCORN_MAX_NODES,
    POPCORN_ARENA_BASE + POPCORN_ARENA_GRANULE,
    POPCORN_ARENA_BASE + POPCORN_ARENA_SIZE,
    COMPACT_SHARED_END,
    UINT32_MAX,
    POPCORN_PROTOCOL_VERSION,
    POPCORN_ARENA_SIZE / POPCORN_PAGE_SIZE,
    POPCORN_ARENA_GRANULE / POPCORN_PAGE_SIZE,
    POPCORN_ARENA_BASE + POPCORN_ARENA_GRANULE - POPCORN_PAGE_SIZE,
    POPCORN_MESSAGE_MAX,
    1ull << 32};

static uint64_t decode(unsigned code, struct fuzz_input *literal)
{
    if (code < FIRST_PAGE) {
        return code;
    }
    if (code < FIRST_SHARED) {
        return POPCORN_ARENA_BASE + (code - FIRST_PAGE) * POPCORN_PAGE_SIZE;
    }
    if (code < FIRST_SPECIAL) {
        return COMPACT_SHARED_START + (code - FIRST_SHARED) * POPCORN_PAGE_SIZE;
    }
    if (code < FIRST_LITERAL) {
        return special[code - FIRST_SPECIAL];
    }
    if (code < FIRST_OWN) {
        return fuzz_number(literal, 2u << (code - FIRST_LITERAL));
    }
    if (code < FIRST_NEGATIVE) {
        return compact_own[code - FIRST_OWN];
    }
    return (uint64_t)((int64_t)code - 0x100);
}

static uint64_t number(struct fuzz_input *input)
{
    return decode(fuzz_byte(input), input);
}

static uint64_t pages_bytes(uint64_t pages)
{
    return pages < COMPACT_PAYLOAD_MAX / POPCORN_PAGE_SIZE
               ? pages * POPCORN_PAGE_SIZE
               : COMPACT_PAYLOAD_MAX;
}

/* The length that the type of the message asks for. */
static uint64_t length_of(const struct popcorn_message *header)
{
    switch (header->type) {
    case POPCORN_THREAD_DEPART:
    case POPCORN_THREAD_ARRIVE:
        return PTS_BYTES;
    case POPCORN_THREAD_REFUSED:
    case POPCORN_SHUTDOWN:
        return TEXT_BYTES;
    case POPCORN_SYSCALL:
        return 7 * sizeof(uint64_t);
    case POPCORN_HELLO:
        return 64;
    case POPCORN_PAGE_REPLY:
        return header->arg[2] == 0 ? pages_bytes(header->arg[3]) : 0;
    case POPCORN_PAGE_INVALIDATED:
    case POPCORN_PAGE_DOWNGRADED:
        return header->arg[1] == 1 ? pages_bytes(header->arg[2]) : 0;
    default:
        return 0;
    }
}

struct popcorn_message compact_read(struct fuzz_input *input, unsigned thread,
                                    uint8_t payload[COMPACT_PAYLOAD_MAX])
{
    struct popcorn_message header = {.magic = POPCORN_MESSAGE_MAGIC,
                                     .type = fuzz_byte(input),
                                     .thread = (uint16_t)thread};
    unsigned shape = fuzz_byte(input);
    unsigned arguments = shape >> ARGUMENTS_AT & 7;
    uint64_t length;

    if ((shape & THREAD_MASK) == THREAD_DESK) {
        header.thread = POPCORN_DESK;
    } else if ((shape & THREAD_MASK) != THREAD_GIVEN) {
        header.thread = (uint16_t)fuzz_number(
            input, (shape & THREAD_MASK) == THREAD_BYTE ? 1 : 2);
    }
    header.target_node = shape & HAS_TARGET ? fuzz_byte(input) : 0;
    header.request = shape & HAS_REQUEST ? number(input) : 0;
    for (unsigned i = 0; i < arguments && i < 6; i++) {
        header.arg[i] = number(input);
    }
    length = shape & HAS_LENGTH ? fuzz_number(input, 2) % COMPACT_PAYLOAD_MAX
                                : length_of(&header);
    header.length = (uint32_t)length;
    if (length != 0) {
        memset(payload, fuzz_byte(input), length);
    }
    return header;
}

static void put_number(struct fuzz_output *output, uint64_t wanted)
{
    struct fuzz_input none = {NULL, 0};
    unsigned code = 0;

    while (code < 0x100 && ((code >= FIRST_LITERAL && code < FIRST_OWN) ||
                            decode(code, &none) != wanted)) {
        code++;
    }
    if (code < 0x100) {
        fuzz_put_number(output, code, 1);
    } else {
        fuzz_put_number(output, FIRST_LITERAL + 2, 1);
        fuzz_put_number(output, wanted, 8);
    }
}

void compact_write(struct fuzz_output *output, const struct compact *message)
{
    unsigned arguments = 6, shape;
    struct popcorn_message header = {.type = message->type};

    while (arguments != 0 && message->arg[arguments - 1] == 0) {
        arguments--;
    }
    shape = (message->has_thread ? THREAD_WORD : THREAD_GIVEN) | HAS_TARGET |
            HAS_REQUEST | arguments << ARGUMENTS_AT;
    fuzz_put_number(output, message->type, 1);
    fuzz_put_number(output, shape, 1);
    if (message->has_thread) {
        fuzz_put_number(output, message->thread, 2);
    }
    fuzz_put_number(output, message->target, 1);
    put_number(output, message->request);
    for (unsigned i = 0; i < arguments; i++) {
        put_number(output, message->arg[i]);
    }
    memcpy(header.arg, message->arg, sizeof header.arg);
    if (length_of(&header) != 0) {
        fuzz_put_number(output, message->type == POPCORN_HELLO ? 0 : 'x', 1);
    }
}
