/* The neutral kernel ABI on an AArch64 kernel: it *is* this kernel's ABI (Linux
 * asm-generic).  What no program may do, because its meaning would depend on
 * the ISA a thread happens to run on, is refused here as on every ISA
 * (docs/formats.md, "Neutral kernel ABI"). */
#include "isa/aarch64/native/syscall.h"
#include "isa/libc_entry.h"
#include "isa/native.h"
#include "isa/native_libc.h"
#include "isa/neutral/refused.h"

long isa_syscall_cancellable(const volatile int *cancel, long n, long a, long b,
                             long c, long d, long e, long f)
{
    long refused = popcorn_refused_syscall(n, a, b);

    if (refused != 0) {
        return refused;
    }
    switch (n) {
    case NEUTRAL_rt_sigaction:
        return aarch64_rt_sigaction(a, b, c, d);
    case NEUTRAL_clone:
        a = popcorn_process_clone_flags((unsigned long)a, b);
        if (a < 0) {
            return a;
        }
        break;
    case NEUTRAL_exit:
        popcorn_leave_control_stack();
        break;
    }
    if (cancel != 0) {
        return isa_cancellable_syscall(cancel, n, a, b, c, d, e, f);
    }
    return isa_raw_syscall(n, a, b, c, d, e, f);
}

long isa_syscall(long n, long a, long b, long c, long d, long e, long f)
{
    return isa_syscall_cancellable(0, n, a, b, c, d, e, f);
}
