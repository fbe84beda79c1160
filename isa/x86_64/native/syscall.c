/* The neutral kernel ABI (Linux asm-generic) on an x86-64 kernel.
 *
 * syscalls.def has one row per call.  Most need only their number changed; the
 * others have a function x86_64_translate_<name> in files.c, process.c or
 * signal.c.  Specification: docs/formats.md, "Neutral kernel ABI".
 */
#include "isa/x86_64/native/syscall.h"
#include "isa/native.h"
#include "isa/native_libc.h"
#include "isa/neutral/refused.h"

#define ROW_COUNT 512
#define SPECIAL_ROW 0x8000u

/* Unknown numbers have row 0, so numbers are stored plus 1. */
static const uint16_t rows[ROW_COUNT] = {
#define ROW(name, neutral, x86_64) [neutral] = (x86_64) + 1,
#define SPECIAL(name, neutral, x86_64) [neutral] = SPECIAL_ROW | ((x86_64) + 1),
#include "isa/x86_64/native/syscalls.def"
#undef ROW
#undef SPECIAL
};

static long translate(const struct neutral_call *call, long n)
{
    long refused = popcorn_refused_syscall(n, call->a, call->b);

    if (refused != 0) {
        return refused;
    }
    switch (n) {
#define ROW(name, neutral, x86_64)
#define SPECIAL(name, neutral, x86_64)                                         \
    case neutral:                                                              \
        return x86_64_translate_##name(call);
#include "isa/x86_64/native/syscalls.def"
#undef ROW
#undef SPECIAL
    default:
        return -NEUTRAL_ENOSYS;
    }
}

long isa_syscall_cancellable(const volatile int *cancel, long n, long a, long b,
                             long c, long d, long e, long f)
{
    unsigned row = (unsigned long)n < ROW_COUNT ? rows[n] : 0;
    struct neutral_call call = {
        .cancel = cancel,
        .number = (long)(row & ~SPECIAL_ROW) - 1,
        .a = a,
        .b = b,
        .c = c,
        .d = d,
        .e = e,
        .f = f,
    };

    if (row == 0) {
        return -NEUTRAL_ENOSYS;
    }
    if (row & SPECIAL_ROW) {
        return translate(&call, n);
    }
    return x86_64_call(&call, a, b, c, d, e, f);
}

long isa_syscall(long n, long a, long b, long c, long d, long e, long f)
{
    unsigned row = (unsigned long)n < ROW_COUNT ? rows[n] : 0;

    if (row != 0 && (row & SPECIAL_ROW) == 0) {
        return isa_raw_syscall((long)row - 1, a, b, c, d, e, f);
    }
    return isa_syscall_cancellable(0, n, a, b, c, d, e, f);
}
