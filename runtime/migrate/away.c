/* System calls of a thread that is not at home.
 *
 *   this node answers it        clocks, sched_yield, getcpu, getrandom
 *   home carries it out         everything with arguments in coherent memory
 *   the thread goes home        what acts on the caller's own registers,
 *                               stack or whole address space
 *
 * Waiting for a reply is also where a pending signal is noticed: the thread
 * then goes home with either the call (not done yet) or its result.
 */
#include "runtime/migrate/member.h"

enum call_place { CALL_HERE, CALL_DELEGATED, CALL_AT_HOME };

static enum call_place place_of(long n, const long arguments[6])
{
    switch (n) {
    case NEUTRAL_clock_gettime:
    case NEUTRAL_clock_getres:
        /* 2, 3 and negative ones are CPU clocks of the home process */
        return arguments[0] == 0 || arguments[0] == 1 ||
                       (arguments[0] >= 4 && arguments[0] <= 7)
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
    case NEUTRAL_clone:
    case NEUTRAL_clone3:
    case NEUTRAL_shmat:
    case NEUTRAL_execve:
    case NEUTRAL_execveat:
    case NEUTRAL_rt_sigreturn:
    case POPCORN_CALL_GO_HOME:
    case POPCORN_CALL_THREADS:
        return CALL_AT_HOME;
    }
    return CALL_DELEGATED;
}

static long go_home(struct popcorn_context *context, uint32_t reason, long n,
                    const long arguments[6])
{
    long call[7] = {n};
    int declined;

    popcorn_copy(call + 1, arguments, 6 * sizeof(long));
    declined = popcorn_depart(context, popcorn_node_page()->home_id, reason,
                              call);
    popcorn_say("a thread cannot go home for a system call, for it cannot be "
                "captured: reason ",
                NULL, declined);
    popcorn_exit_now(POPCORN_EXIT_FAILURE);
}

static long delegate(struct popcorn_context *context, long n,
                     const long arguments[6])
{
    static uint64_t request;
    struct popcorn_message message;
    struct popcorn_incoming incoming;
    int64_t words[7] = {n};
    long result;

    popcorn_copy(words + 1, arguments, 6 * sizeof(int64_t));
    popcorn_message_init(&message, POPCORN_SYSCALL,
                         popcorn_node_page()->home_id);
    message.request = ++request;
    message.length = sizeof words;
    if (popcorn_send(&message, words) != 0 ||
        popcorn_receive_type(POPCORN_SYSCALL_REPLY, &incoming) != 0) {
        popcorn_exit_now(POPCORN_EXIT_LOST_NODE);
    }
    if (incoming.message.request != request) {
        popcorn_fatal("the agent sent the reply to another system call");
    }
    if (popcorn_arena_reach(incoming.message.arg[1]) != 0) {
        popcorn_fatal("this node cannot map the program's memory");
    }
    result = (long)incoming.message.arg[0];
    if (incoming.message.arg[3] != 0) {
        return go_home(context, 4, n, arguments);
    }
    if (incoming.message.arg[2] != 0) {
        const long value[6] = {result};
        return go_home(context, 4, POPCORN_CALL_RESULT, value);
    }
    return result;
}

long popcorn_syscall_away(struct popcorn_context *context, long n,
                          const long arguments[6])
{
    if (n >= POPCORN_CALL_FIRST && n != POPCORN_CALL_GO_HOME &&
        n != POPCORN_CALL_THREADS) {
        return popcorn_private_call(n, arguments);
    }
    switch (place_of(n, arguments)) {
    case CALL_HERE:
        return isa_syscall(n, arguments[0], arguments[1], arguments[2],
                           arguments[3], arguments[4], arguments[5]);
    case CALL_AT_HOME:
        return go_home(context, 2, n, arguments);
    case CALL_DELEGATED:
        break;
    }
    return delegate(context, n, arguments);
}
