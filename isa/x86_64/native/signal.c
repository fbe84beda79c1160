/* Neutral kernel ABI on x86-64: signal handlers.
 *
 * This kernel needs a restorer, which programs do not have, and hands out its
 * own ucontext.  A SA_SIGINFO handler is therefore registered as deliver(),
 * which builds the neutral ucontext, calls the program's handler, and takes over
 * what the handler may change: signal mask, stack pointer, pc.
 */
#include "isa/neutral_abi.h"
#include "isa/x86_64/native/syscall.h"

#define SIGNAL_COUNT 65
#define SA_SIGINFO 4u
#define SA_RESTORER 0x04000000u

#define GREG_RSP 15
#define GREG_RIP 16
#define GREG_CR2 22

struct kernel_sigaction {
    uint64_t handler, flags, restorer, mask;
};

struct x86_64_ucontext {
    uint64_t flags, link, stack[3];
    uint64_t gregs[23];
    uint64_t fpstate, reserved[8];
    uint64_t signal_mask;
};
_Static_assert(__builtin_offsetof(struct x86_64_ucontext, signal_mask) == 296,
               "kernel ucontext");

void popcorn_x86_64_signal_return(void);

/* The program's SA_SIGINFO handlers. Node-local, like the kernel's own table. */
static uint64_t handlers[SIGNAL_COUNT];

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
    void (*handler)(int, void *, void *) =
        (void (*)(int, void *, void *))(uintptr_t)__atomic_load_n(
            &handlers[signal], __ATOMIC_ACQUIRE);

    for (unsigned i = 0; i < 3; i++) {
        neutral.stack[i] = native->stack[i];
    }
    handler(signal, info, &neutral);
    native->signal_mask = neutral.signal_mask[0];
    native->gregs[GREG_RSP] = neutral.sp;
    native->gregs[GREG_RIP] = neutral.pc;
}

/* Fills the kernel's form of a new action. The handler is in the table before
 * the kernel knows deliver(); returns what was there, to be put back. */
static uint64_t action_in(long signal, struct kernel_sigaction *action)
{
    uint64_t before = handlers[signal];

    action->restorer = (uint64_t)(uintptr_t)popcorn_x86_64_signal_return;
    if ((action->flags & SA_SIGINFO) != 0 && action->handler > 1) {
        __atomic_store_n(&handlers[signal], action->handler, __ATOMIC_RELEASE);
        action->handler = (uint64_t)(uintptr_t)deliver;
    }
    action->flags |= SA_RESTORER;
    return before;
}

static void action_out(struct kernel_sigaction *action, uint64_t handler)
{
    if (action->handler == (uint64_t)(uintptr_t)deliver) {
        action->handler = handler;
    }
    action->flags &= ~(uint64_t)SA_RESTORER;
    action->restorer = 0;
}

long x86_64_translate_rt_sigaction(const struct neutral_call *call)
{
    struct kernel_sigaction new_action, old_action;
    uint64_t before;
    long result;

    if (call->a < 1 || call->a >= SIGNAL_COUNT) {
        return X86_64_EINVAL;
    }
    before = handlers[call->a];
    if (call->b != 0) {
        result = x86_64_from_user(&new_action, call->b, sizeof new_action);
        if (result < 0) {
            return result;
        }
        before = action_in(call->a, &new_action);
    }
    result = x86_64_call(
        call, call->a, call->b != 0 ? (long)(uintptr_t)&new_action : 0,
        call->c != 0 ? (long)(uintptr_t)&old_action : 0, call->d, 0, 0);
    if (result < 0) {
        __atomic_store_n(&handlers[call->a], before, __ATOMIC_RELEASE);
        return result;
    }
    if (call->c == 0) {
        return 0;
    }
    action_out(&old_action, before);
    return x86_64_to_user(call->c, &old_action, sizeof old_action);
}
