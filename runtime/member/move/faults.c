/* Faults of a thread that is away: SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP
 * that an instruction of the program raised.
 *
 * Such a thread cannot go home first: the instruction is no call site. So the
 * handler runs here, as the interrupted function's callee:
 *
 *   fault -> fault_entry: home says which handler, and blocks its mask
 *         -> handler, on the seat's runtime stack, which is
 *            empty: the control stack may be what has overflowed
 *         -> returns: home's mask is put back, the instruction is run again
 *            leaves by longjmp: nothing to undo
 *   no handler, or it is blocked: the default action, at the same instruction
 *
 * While it runs, native frames are on the stack, so the thread cannot leave:
 * system calls are carried out at home before other handlers that are due
 * (popcorn_in_fault_handler()), and a call that needs the thread itself there
 * ends the program with a message.
 *
 * A handler runs as long as the stack pointer is in the runtime stack.
 */
#include "isa/neutral/structs.h"
#include "libc-musl-patched/native/signal.h"
#include "runtime/member/move/move.h"

extern __thread char *__popcorn_data_stack
    __attribute__((tls_model("local-exec")));

#define SI_BYTES 128
#define FRAME_ROOM 8192 /* more than a kernel's signal frame */

/* For the handler: what it gets pointers to is in coherent memory, where a
 * system call at home finds it. */
struct fault_frame {
    uint64_t info[SI_BYTES / 8];
    struct neutral_ucontext context;
};

static int is_on_runtime_stack(const struct popcorn_seat *seat, uint64_t sp)
{
    return sp >= seat->runtime_low && sp < seat->runtime_top;
}

int popcorn_in_fault_handler(const struct popcorn_seat *seat,
                             const struct popcorn_context *context)
{
    return is_on_runtime_stack(seat, context->sp);
}

/* A kernel could not call a handler on the stack the fault came from. */
static int has_overflowed(const struct popcorn_seat *seat, uint64_t sp)
{
    return !is_on_runtime_stack(seat, sp) &&
           sp < seat->control_low + FRAME_ROOM;
}

static long at_home(struct popcorn_seat *seat, long n, long argument,
                    long second)
{
    const long arguments[6] = {argument, second};

    return popcorn_delegate_here(seat, n, arguments);
}

static int home_has_mapped(uint64_t address)
{
    return (int)at_home(popcorn_seat(), POPCORN_CALL_IS_MAPPED, (long)address,
                        0);
}

/* The instruction faults again, and the kernel does what it does then. */
static void use_default(int signal)
{
    struct neutral_sigaction action = {0};

    isa_syscall(NEUTRAL_rt_sigaction, signal, (long)&action, 0,
                sizeof(uint64_t), 0, 0);
}

static void run_handler(struct popcorn_seat *seat, uint64_t handler, int signal,
                        const void *info, struct neutral_ucontext *interrupted,
                        uint64_t mask)
{
    char *kept = __popcorn_data_stack;
    uint64_t low = (uint64_t)at_home(seat, POPCORN_CALL_STACK, 0, 0);
    uint64_t size_bytes = (uint64_t)at_home(seat, POPCORN_CALL_STACK, 1, 0);
    char *top =
        size_bytes == 0 ? kept : popcorn_handler_data_stack(low, size_bytes);
    struct fault_frame *frame =
        (struct fault_frame *)((uintptr_t)(top - sizeof *frame) &
                               ~(uintptr_t)15);

    popcorn_copy(frame->info, info, SI_BYTES);
    popcorn_copy(&frame->context, interrupted, sizeof frame->context);
    frame->context.signal_mask[0] = mask;
    __popcorn_data_stack = (char *)frame;
    ((void (*)(int, void *, void *))(uintptr_t)handler)(signal, frame->info,
                                                        &frame->context);
    __popcorn_data_stack = kept;
    interrupted->sp = frame->context.sp;
    interrupted->pc = frame->context.pc;
    at_home(seat, POPCORN_CALL_SET_MASK, (long)frame->context.signal_mask[0],
            0);
}

static void fault_entry(int signal, void *info, void *context)
{
    struct neutral_ucontext *interrupted = context;
    struct popcorn_seat *seat = popcorn_seat();
    uint64_t handler = 0, mask = 0;

    if (popcorn_is_fault(signal, info)) {
        mask = (uint64_t)at_home(seat, POPCORN_CALL_MASK, 0, 0);
        handler = (uint64_t)at_home(seat, POPCORN_CALL_FAULT, signal,
                                    has_overflowed(seat, interrupted->sp));
    }
    if (handler > NEUTRAL_SIG_IGN) {
        seat->mask_is_known = 0;
        popcorn_fault_set_code(signal, info, home_has_mapped);
        run_handler(seat, handler, signal, info, interrupted, mask);
    } else if (popcorn_is_fault(signal, info)) {
        use_default(signal);
    } else {
        popcorn_raise_default(signal);
    }
}

void popcorn_faults_start(void)
{
    struct neutral_sigaction action = {0};

    action.handler = (uint64_t)(uintptr_t)fault_entry;
    action.flags = NEUTRAL_SA_SIGINFO | NEUTRAL_SA_NODEFER | NEUTRAL_SA_ONSTACK;
    for (int i = 0; i < POPCORN_FAULT_SIGNALS; i++) {
        long result =
            isa_syscall(NEUTRAL_rt_sigaction, popcorn_fault_signals[i],
                        (long)&action, 0, sizeof(uint64_t), 0, 0);
        if (result != 0) {
            popcorn_fatal_errno("faults cannot be caught on this node", result);
        }
    }
}

void popcorn_faults_stack(const struct popcorn_seat *seat)
{
    const struct neutral_signal_stack stack = {
        seat->runtime_low, 0, seat->runtime_top - seat->runtime_low};
    long result = isa_syscall(NEUTRAL_sigaltstack, (long)&stack, 0, 0, 0, 0, 0);

    if (result != 0) {
        popcorn_fatal_errno("faults cannot be caught on this node", result);
    }
}

/* Everywhere else the runtime blocks all signals: a fault there is a bug of
 * ours, and ends the program. */
void popcorn_faults_unblock(void)
{
    uint64_t mask = ~(uint64_t)0;

    for (int i = 0; i < POPCORN_FAULT_SIGNALS; i++) {
        mask &= ~((uint64_t)1 << (popcorn_fault_signals[i] - 1));
    }
    popcorn_restore_signals(mask);
}
