/* Signals of a program under `popcorn run`.
 *
 * The home process is the process the user and the kernel see: signals come to
 * it, their default actions act on it, and its kernel holds mask and actions.
 * Handlers are neutral functions and run at home, on the thread:
 *
 *  - thread at home: signal_entry() calls the handler, as natively;
 *  - thread away: signal_entry() queues the signal in its seat, the way a
 *    kernel holds a pending one (a standard signal once), and the thread comes
 *    home at its next migration point or system-call return. Handlers that are
 *    due run before the call it came with, or before it goes on. Until then the
 *    signal is blocked, so further ones wait in the kernel.
 *
 * So a handler may do anything, fork and longjmp included, and no stack that
 * leaves home has a foreign frame on it.
 *
 * SA_RESTART: while the thread is away the kernel must not restart a call by
 * itself, because the handler has not run yet. From the first departure on
 * handlers are installed without it, and interruptible() in kernel.c restarts.
 *
 * A signal that comes just before a delegated call blocks must interrupt it:
 * such calls go through isa_syscall_cancellable, and signal_entry() turns the
 * call back if it had not reached the kernel yet.
 */
#include "isa/native_libc.h"
#include "isa/neutral/structs.h"
#include "runtime/member/calls/calls.h"

typedef void handler_function(int signal, void *info, void *context);

static struct neutral_sigaction table[NEUTRAL_SIGNAL_COUNT];
static int departed_before;

static uint64_t bit_of(int signal)
{
    return (uint64_t)1 << (signal - 1);
}

uint64_t popcorn_signals_pending(const struct popcorn_seat *seat)
{
    uint64_t bits = 0;

    for (uint32_t i = 0; i < seat->signal_count; i++) {
        bits |= bit_of(seat->signals[i].signal);
    }
    return bits;
}

int popcorn_signals_all_restart(const struct popcorn_seat *seat)
{
    for (uint32_t i = 0; i < seat->signal_count; i++) {
        if ((seat->signals[i].action.flags & NEUTRAL_SA_RESTART) == 0) {
            return 0;
        }
    }
    return 1;
}

static void enqueue(struct popcorn_seat *seat, int signal, const void *info,
                    const struct neutral_sigaction *action)
{
    uint64_t mask = popcorn_block_signals();
    int is_standard = signal < 32;

    if (!(is_standard &&
          (popcorn_signals_pending(seat) & bit_of(signal)) != 0)) {
        struct popcorn_queued_signal *entry =
            &seat->signals[seat->signal_count];

        if (seat->signal_count == POPCORN_SIGNAL_QUEUE) {
            popcorn_fatal("more than 128 signals wait for a thread that does "
                          "not reach a migration point");
        }
        entry->signal = signal;
        entry->action = *action;
        popcorn_copy(entry->info, info, sizeof entry->info);
        seat->signal_count++;
    }
    seat->cancel_call = 1;
    popcorn_restore_signals(mask);
}

static void signal_entry(int signal, void *info, void *context)
{
    struct neutral_sigaction action = table[signal];
    struct neutral_ucontext *interrupted = context;
    struct popcorn_seat *seat = popcorn_seat();

    if ((action.flags & NEUTRAL_SA_RESETHAND) != 0) {
        table[signal].handler = NEUTRAL_SIG_DFL;
    }
    if (popcorn_seat_is_away(seat)) {
        if (popcorn_is_fault(signal, info)) {
            popcorn_raise_default(signal); /* a delegated call's arguments */
        }
        enqueue(seat, signal, info, &action);
        interrupted->signal_mask[0] |= bit_of(signal);
        if (isa_cancellable_pc(interrupted->pc)) {
            interrupted->pc = isa_cancel_pc();
        }
        return;
    }
    if ((action.flags & NEUTRAL_SA_RESTART) == 0) {
        seat->interruptions++;
    }
    popcorn_fault_set_code(signal, info, popcorn_arena_is_mapped);
    ((handler_function *)(uintptr_t)action.handler)(signal, info, context);
}

static long install(int signal, const struct neutral_sigaction *action,
                    struct neutral_sigaction *old)
{
    struct neutral_sigaction native = *action;

    if (action->handler > NEUTRAL_SIG_IGN) {
        native.handler = (uint64_t)(uintptr_t)signal_entry;
        native.flags |= NEUTRAL_SA_SIGINFO;
        if (departed_before) {
            native.flags &= ~(uint64_t)NEUTRAL_SA_RESTART;
        }
    }
    return isa_syscall(NEUTRAL_rt_sigaction, signal, (long)&native, (long)old,
                       sizeof(uint64_t), 0, 0);
}

/* rt_sigaction. The table changes before the kernel's action does, so an
 * entry always finds a handler. */
long popcorn_sigaction(long signal, const struct neutral_sigaction *action,
                       struct neutral_sigaction *old, long set_bytes)
{
    struct neutral_sigaction wanted = {0};
    struct neutral_sigaction before = {0};
    struct neutral_sigaction kept;
    uint64_t mask;
    long result;

    if (signal < 1 || signal >= NEUTRAL_SIGNAL_COUNT ||
        set_bytes != sizeof(uint64_t)) {
        return -NEUTRAL_EINVAL;
    }
    if (action != NULL) {
        wanted = *action;
    }
    mask = popcorn_lock();
    kept = table[signal];
    if (action == NULL) {
        result = isa_syscall(NEUTRAL_rt_sigaction, signal, 0, (long)&before,
                             sizeof(uint64_t), 0, 0);
    } else {
        if (wanted.handler > NEUTRAL_SIG_IGN) {
            table[signal] = wanted;
        }
        result = install((int)signal, &wanted, &before);
        table[signal] = result == 0 ? wanted : kept;
    }
    popcorn_unlock(mask);
    if (result == 0 && old != NULL) {
        /* What the kernel has was installed with other flags. */
        if (before.handler == (uint64_t)(uintptr_t)signal_entry) {
            before = kept;
        } else if (before.handler == NEUTRAL_SIG_DFL &&
                   (kept.flags & NEUTRAL_SA_RESETHAND) != 0) {
            before = kept;
            before.handler = NEUTRAL_SIG_DFL;
        }
        *old = before;
    }
    return result;
}

uint64_t popcorn_signals_mask(void)
{
    uint64_t mask = 0;

    isa_syscall(NEUTRAL_rt_sigprocmask, NEUTRAL_SIG_BLOCK, 0, (long)&mask,
                sizeof mask, 0, 0);
    return mask;
}

uint64_t popcorn_signals_stack(int its_size)
{
    struct neutral_signal_stack stack = {.flags = NEUTRAL_SS_DISABLE};

    isa_syscall(NEUTRAL_sigaltstack, 0, (long)&stack, 0, 0, 0, 0);
    return (stack.flags & NEUTRAL_SS_DISABLE) != 0 ? 0
           : its_size                              ? stack.size_bytes
                                                   : stack.low;
}

static int has_stack(const struct neutral_sigaction *action)
{
    return (action->flags & NEUTRAL_SA_ONSTACK) != 0 &&
           popcorn_signals_stack(1) != 0;
}

uint64_t popcorn_signals_fault(long signal, int needs_stack)
{
    struct neutral_sigaction none, action;
    uint64_t mask = popcorn_signals_mask();

    if (signal < 1 || signal >= NEUTRAL_SIGNAL_COUNT ||
        table[signal].handler <= NEUTRAL_SIG_IGN ||
        (mask & bit_of((int)signal)) != 0 ||
        (needs_stack && !has_stack(&table[signal]))) {
        return 0;
    }
    action = table[signal];
    if ((action.flags & NEUTRAL_SA_RESETHAND) != 0) {
        none = action;
        none.handler = NEUTRAL_SIG_DFL;
        popcorn_sigaction(signal, &none, NULL, sizeof(uint64_t));
    }
    mask |= action.mask;
    if ((action.flags & NEUTRAL_SA_NODEFER) == 0) {
        mask |= bit_of((int)signal);
    }
    popcorn_restore_signals(mask);
    return action.handler;
}

/* Prepares for signals that come while the thread is away. */
void popcorn_signals_first_departure(void)
{
    if (departed_before) {
        return;
    }
    departed_before = 1;
    for (int signal = 1; signal < NEUTRAL_SIGNAL_COUNT; signal++) {
        if (table[signal].handler > NEUTRAL_SIG_IGN) {
            install(signal, &table[signal], NULL);
        }
    }
}

/* A system call for a thread that is away. If a handler is due: -EINTR, or
 * ISA_NOT_ENTERED if the call has not begun. */
long popcorn_signals_call(struct popcorn_seat *seat, long n, const long a[6])
{
    return isa_syscall_cancellable(&seat->cancel_call, n, a[0], a[1], a[2],
                                   a[3], a[4], a[5]);
}

static void run_one(struct popcorn_seat *seat,
                    const struct popcorn_queued_signal *entry, uint64_t pc)
{
    uint64_t info[sizeof entry->info / 8];
    struct neutral_ucontext context;
    uint64_t mask = seat->program_mask | entry->action.mask;

    if ((entry->action.flags & NEUTRAL_SA_NODEFER) == 0) {
        mask |= bit_of(entry->signal);
    }
    if ((entry->action.flags & NEUTRAL_SA_RESTART) == 0) {
        seat->interruptions++;
    }
    popcorn_copy(info, entry->info, sizeof info);
    popcorn_zero(&context, sizeof context);
    context.signal_mask[0] = seat->program_mask;
    context.pc = pc;
    popcorn_restore_signals(mask);
    ((handler_function *)(uintptr_t)entry->action.handler)(entry->signal, info,
                                                           &context);
    popcorn_block_signals();
    seat->program_mask = context.signal_mask[0];
}

/* Takes the first queued signal that is not in `held` off the queue; 0 if there
 * is none. */
static int take(struct popcorn_seat *seat, uint64_t held,
                struct popcorn_queued_signal *taken)
{
    uint32_t i = 0;

    while (i < seat->signal_count &&
           (held & bit_of(seat->signals[i].signal)) != 0) {
        i++;
    }
    if (i == seat->signal_count) {
        return 0;
    }
    *taken = seat->signals[i];
    seat->signal_count--;
    seat->cancel_call = seat->signal_count != 0;
    for (; i < seat->signal_count; i++) {
        seat->signals[i] = seat->signals[i + 1];
    }
    return 1;
}

/* Runs the handlers that are due, with signals blocked around them. A handler
 * may leave by longjmp: the queue is consistent before each. */
void popcorn_signals_run(struct popcorn_seat *seat, uint64_t held, uint64_t pc)
{
    uint64_t kept_mask = seat->program_mask;
    struct popcorn_queued_signal next;

    while (take(seat, held, &next)) {
        seat->program_mask = kept_mask;
        run_one(seat, &next, pc);
        kept_mask = seat->program_mask;
    }
}
