/* Small services of the member runtime: no libc is available to it. */
#include "runtime/member/core/core.h"

struct popcorn_member popcorn_member = {
    .thread_count = 1, .arena_file = -1, .userfault = -1};

void popcorn_copy(void *to, const void *from, uint64_t size_bytes)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    while (size_bytes >= 8) {
        uint64_t word;
        __builtin_memcpy(&word, in, 8);
        __builtin_memcpy(out, &word, 8);
        in += 8;
        out += 8;
        size_bytes -= 8;
    }
    while (size_bytes-- != 0) {
        *out++ = *in++;
    }
}

void popcorn_zero(void *to, uint64_t size_bytes)
{
    volatile uint8_t *out = to;

    while (size_bytes-- != 0) {
        *out++ = 0;
    }
}

uint64_t popcorn_text_length(const char *text)
{
    uint64_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    return length;
}

int popcorn_starts_with(const char *text, const char *start)
{
    while (*start != '\0' && *start == *text) {
        start++;
        text++;
    }
    return *start == '\0';
}

uint64_t popcorn_block_signals(void)
{
    uint64_t all = ~(uint64_t)0;
    uint64_t old = 0;

    isa_syscall(NEUTRAL_rt_sigprocmask, NEUTRAL_SIG_SETMASK, (long)&all,
                (long)&old, sizeof all, 0, 0);
    return old;
}

void popcorn_restore_signals(uint64_t mask)
{
    isa_syscall(NEUTRAL_rt_sigprocmask, NEUTRAL_SIG_SETMASK, (long)&mask, 0,
                sizeof mask, 0, 0);
}

void *popcorn_map_private(uint64_t size_bytes)
{
    long address = isa_syscall(NEUTRAL_mmap, 0, (long)size_bytes,
                               NEUTRAL_PROT_READ | NEUTRAL_PROT_WRITE,
                               NEUTRAL_MAP_PRIVATE | NEUTRAL_MAP_ANONYMOUS |
                                   NEUTRAL_MAP_NORESERVE,
                               -1, 0);

    return address < 0 && address > -4096 ? NULL : (void *)address;
}

uint64_t popcorn_kernel_ns(long clock)
{
    struct neutral_timespec now = {0, 0};

    isa_syscall(NEUTRAL_clock_gettime, clock, (long)&now, 0, 0, 0, 0);
    return (uint64_t)now.seconds * NEUTRAL_NS_PER_S + (uint64_t)now.nanoseconds;
}
