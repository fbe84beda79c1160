/* System calls of a thread that is not at home.
 *
 *   this node answers it        clocks, the thread's processor time,
 *                               sched_yield, getcpu, getrandom
 *   home carries it out         everything with arguments in coherent memory
 *   the thread goes home        what acts on the caller's own registers,
 *                               stack or whole address space
 *
 * Waiting for a reply is also where a pending signal is noticed: the thread
 * then goes home with either the call (not done yet) or its result.
 */
#include "runtime/member/move/move.h"

/* Null in a program that does not ask for processor time. */
#pragma weak popcorn_special_away
#pragma weak popcorn_framed_call /* or in one that makes no such call */

enum call_place { CALL_HERE, CALL_DELEGATED, CALL_AT_HOME };

static enum call_place place_of(long n, const long arguments[6])
{
    switch (n) {
    case NEUTRAL_clock_gettime:
    case NEUTRAL_clock_getres:
        /* 2 and negative ones are processor time of home's process, 4 and 11
         * clocks that only home knows how it runs */
        return arguments[0] == NEUTRAL_CLOCK_REALTIME ||
                       arguments[0] == NEUTRAL_CLOCK_MONOTONIC ||
                       (arguments[0] >= NEUTRAL_CLOCK_REALTIME_COARSE &&
                        arguments[0] <= NEUTRAL_CLOCK_BOOTTIME)
                   ? CALL_HERE
                   : CALL_DELEGATED;
    case NEUTRAL_gettimeofday:
    case NEUTRAL_sched_yield:
    case NEUTRAL_getcpu:
    case NEUTRAL_getrandom:
        return CALL_HERE;
    case NEUTRAL_mmap:
        return popcorn_map_pins(arguments) ? CALL_AT_HOME : CALL_DELEGATED;
    case NEUTRAL_mprotect:
        return (arguments[2] & NEUTRAL_PROT_EXEC) != 0 ? CALL_AT_HOME
                                                       : CALL_DELEGATED;
    case NEUTRAL_setitimer:
    case NEUTRAL_timer_create:
    case NEUTRAL_setrlimit:
    case NEUTRAL_prlimit64:
        return popcorn_is_cpu_timer(n, arguments) ? CALL_AT_HOME
                                                  : CALL_DELEGATED;
    case NEUTRAL_clone:
    case NEUTRAL_shmat:
    case NEUTRAL_execve:
    case NEUTRAL_execveat:
        return CALL_AT_HOME;
    }
    return CALL_DELEGATED;
}

static long go_home(struct popcorn_seat *seat, struct popcorn_context *context,
                    enum popcorn_depart_reason reason, long n,
                    const long arguments[6])
{
    long call[7] = {n};
    int declined;

    popcorn_copy(call + 1, arguments, 6 * sizeof(long));
    declined = popcorn_depart(seat, context, popcorn_node_page()->home_id,
                              reason, call);
    popcorn_say("a thread cannot go home for a system call, for it cannot be "
                "captured: reason ",
                NULL, declined);
    popcorn_exit_now(POPCORN_EXIT_FAILURE);
}

static int is_cancelled(long n)
{
    return n >= POPCORN_CALL_CANCELLABLE && __popcorn_cancel != NULL &&
           *__popcorn_cancel != 0;
}

static long delegate(struct popcorn_seat *seat, struct popcorn_context *context,
                     long n, const long arguments[6])
{
    struct popcorn_message reply;

    if (popcorn_in_fault_handler(seat, context)) {
        return popcorn_delegate_here(seat, n, arguments);
    }
    popcorn_exchange(seat, n, arguments, 0, &reply);
    if (reply.reply.not_done != 0) {
        return go_home(seat, context, POPCORN_DEPART_SIGNALS, n, arguments);
    }
    if (reply.reply.come_home != 0) {
        const long value[6] = {(long)reply.reply.result};
        return go_home(seat, context, POPCORN_DEPART_SIGNALS,
                       POPCORN_CALL_RESULT, value);
    }
    return (long)reply.reply.result;
}

/* The thread's last call: home ends it, and the seat here by THREAD_END. What
 * home unmaps may be its TLS block, so nothing of it is used once this is
 * sent. */
struct last_call {
    struct popcorn_message message;
    int64_t words[7];
    struct popcorn_seat *seat;
};

static void send_last_call(void *argument)
{
    struct last_call call = *(const struct last_call *)argument;

    popcorn_become_stand_in(call.seat);
    popcorn_seat_step(call.seat, POPCORN_SEAT_DO_LEAVE);
    if (popcorn_send(call.seat, &call.message, call.words) != 0) {
        popcorn_exit_now(POPCORN_EXIT_LOST_NODE);
    }
    popcorn_wait_loop(call.seat);
}

static _Noreturn void end_thread(struct popcorn_seat *seat, long n,
                                 const long arguments[6])
{
    struct last_call *call =
        (struct last_call *)(uintptr_t)((seat->runtime_top -
                                         sizeof(struct last_call)) &
                                        ~(uint64_t)63);

    popcorn_copy(call->words + 1, arguments, 6 * sizeof(int64_t));
    call->words[0] = n;
    popcorn_message_init(&call->message, seat, POPCORN_SYSCALL,
                         popcorn_node_page()->home_id);
    call->message.request = ++seat->calls;
    call->message.length = sizeof call->words;
    call->seat = seat;
    popcorn_run_on_stack(call, send_last_call, call);
}

/* Private calls that only home can carry out. */
static int is_homes(long n)
{
    return n == POPCORN_CALL_THREAD_CREATE || n == POPCORN_CALL_PROPOSE ||
           n == POPCORN_CALL_IS_LOST || n == POPCORN_CALL_ADDRESSES;
}

/* Home's kernel has it. It came with the thread, and changes by the thread's own calls
 * alone: the handler of a fault is begun by one. */
static long signal_mask(struct popcorn_seat *seat, const long arguments[6])
{
    if (!seat->mask_is_known) {
        seat->program_mask =
            (uint64_t)popcorn_delegate_here(seat, POPCORN_CALL_MASK, arguments);
        seat->mask_is_known = 1;
    }
    return (long)seat->program_mask;
}

long popcorn_syscall_away(struct popcorn_context *context, long n,
                          const long arguments[6])
{
    struct popcorn_seat *seat;
    long result;

    if ((unsigned long)n >= POPCORN_CALL_FRAMED) {
        return popcorn_framed_call == NULL
                   ? -NEUTRAL_ENOSYS
                   : popcorn_framed_call(context, n, arguments);
    }
    seat = popcorn_seat();
    if (n == POPCORN_CALL_THREAD_EXIT || n == NEUTRAL_exit) {
        end_thread(seat, n, arguments);
    }
    if (n == POPCORN_CALL_MASK) {
        return signal_mask(seat, arguments);
    }
    if (n == NEUTRAL_rt_sigprocmask && arguments[1] != 0) {
        seat->mask_is_known = 0;
    }
    if (n >= POPCORN_CALL_CANCELLABLE) {
        if (is_cancelled(n)) {
            return -NEUTRAL_EINTR;
        }
        if (place_of(n - POPCORN_CALL_CANCELLABLE, arguments) !=
            CALL_DELEGATED) {
            n -= POPCORN_CALL_CANCELLABLE;
        }
    } else if (n >= POPCORN_CALL_FIRST && !is_homes(n)) {
        return popcorn_private_call(n, arguments);
    }
    if ((popcorn_special_away != NULL &&
         popcorn_special_away(n, arguments, &result)) ||
        popcorn_clock_call(n, arguments, &result)) {
        return result;
    }
    switch (place_of(n, arguments)) {
    case CALL_HERE:
        return isa_syscall(n, arguments[0], arguments[1], arguments[2],
                           arguments[3], arguments[4], arguments[5]);
    case CALL_AT_HOME:
        return go_home(seat, context, POPCORN_DEPART_CALL, n, arguments);
    case CALL_DELEGATED:
        break;
    }
    result = delegate(seat, context, n, arguments);
    if (n == NEUTRAL_madvise && result == 0) {
        popcorn_advise_here(arguments);
    }
    return result;
}
