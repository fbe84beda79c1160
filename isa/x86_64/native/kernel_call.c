/* What the translations of system calls have in common: this kernel's call, and
 * the program's memory.
 */
#include "isa/native.h"
#include "isa/native_libc.h"
#include "isa/x86_64/native/syscall.h"

long x86_64_call(const struct neutral_call *call, long a, long b, long c,
                 long d, long e, long f)
{
    if (call->cancel != 0) {
        return isa_cancellable_syscall(call->cancel, call->number, a, b, c, d,
                                       e, f);
    }
    return isa_raw_syscall(call->number, a, b, c, d, e, f);
}

/* No page is ever mapped there: below mmap_min_addr or not canonical. */
static int never_mapped(long user)
{
    return (uint64_t)user < 0x1000 || (uint64_t)user >> 47 != 0;
}

long x86_64_from_user(void *here, long user, uint64_t bytes)
{
    uint8_t *to = here;
    const uint8_t *from = (const uint8_t *)(uintptr_t)user;

    if (never_mapped(user)) {
        return -NEUTRAL_EFAULT;
    }
    for (uint64_t i = 0; i < bytes; i++) {
        to[i] = from[i];
    }
    return 0;
}

long x86_64_to_user(long user, const void *here, uint64_t bytes)
{
    uint8_t *to = (uint8_t *)(uintptr_t)user;
    const uint8_t *from = here;

    if (never_mapped(user)) {
        return -NEUTRAL_EFAULT;
    }
    for (uint64_t i = 0; i < bytes; i++) {
        to[i] = from[i];
    }
    return 0;
}
