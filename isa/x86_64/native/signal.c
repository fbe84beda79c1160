/* Neutral kernel ABI on x86-64: signal handlers.
 *
 * This kernel hands out its own ucontext.  deliver() builds the neutral one for
 * the program's handler, and takes over what a handler may change: signal mask,
 * stack pointer, pc.
 */
#include "isa/libc_entry.h"
#include "isa/neutral/structs.h"
#include "isa/x86_64/native/syscall.h"

#define GREG_RSP 15
#define GREG_RIP 16
#define GREG_CR2 22

struct x86_64_ucontext {
    uint64_t flags, link, stack[3];
    uint64_t gregs[23];
    uint64_t fpstate, reserved[8];
    uint64_t signal_mask;
};
_Static_assert(__builtin_offsetof(struct x86_64_ucontext, signal_mask) == 296,
               "kernel ucontext");

void popcorn_x86_64_signal_return(void);

static void deliver(int signal, void *info, void *context)
{
    struct x86_64_ucontext *native = context;
    struct neutral_ucontext neutral = {
        .flags = 0,
        .link = native->link,
        .signal_mask = {native->signal_mask},
        .fault_address = native->gregs[GREG_CR2],
        .sp = native->gregs[GREG_RSP],
        .pc = native->gregs[GREG_RIP],
    };

    for (unsigned i = 0; i < 3; i++) {
        neutral.stack[i] = native->stack[i];
    }
    popcorn_run_handler(signal, info, &neutral);
    native->signal_mask = neutral.signal_mask[0];
    native->gregs[GREG_RSP] = neutral.sp;
    native->gregs[GREG_RIP] = neutral.pc;
}

long x86_64_translate_rt_sigaction(const struct neutral_call *call)
{
    static const struct popcorn_signal_entry entry = {
        deliver, popcorn_x86_64_signal_return, 47};

    return popcorn_set_handler(&entry, call->number, call->a, call->b, call->c,
                               call->d);
}
