/* A program that has something only its home node can have: a file mapped
 * MAP_SHARED, executable memory, a timer on processor time, ... From then on it
 * stays there, and the call that brought this about returns when no thread runs
 * elsewhere, for any of them may use it next.
 *
 *   thread             what brings it home
 *   runs elsewhere     a request, as popcorn_request_migration files it, until it
 *                      has been seen to work: it may be between two nodes
 *   in a system call   that call's reply, before any code of the program runs;
 *                      nobody waits for it: it may block for long
 *   leaves home        sees `pinned` after it has said that it is away
 *
 * IN_CALL ends before `pinned` is read for the reply, and is looked for after
 * `pinned` was written: either the reply says so or the thread is waited for.
 */
#include "runtime/member/seats/seats.h"

#define LOOK_AGAIN_NS 1000000
#define LONG_LOOKS 5000 /* then a line says what is waited for */

/* Of another thread: home's agent knows where it is. */
long popcorn_propose(long tid, long node)
{
    uint64_t result;

    if (popcorn_member.mode != POPCORN_HOME || popcorn_member.agent_lost) {
        return -NEUTRAL_ENOTSUP;
    }
    if (node < 0 || node >= (long)popcorn_node_page()->node_count) {
        return -NEUTRAL_EINVAL;
    }
    if (popcorn_ask(popcorn_seat(), POPCORN_PROPOSE, (uint64_t)tid,
                    (uint64_t)node, POPCORN_PROPOSE_ACK, &result) != 0) {
        return -NEUTRAL_ENOTSUP;
    }
    return (long)result;
}

void popcorn_pin(enum popcorn_pin reason)
{
    uint32_t none = POPCORN_PIN_NONE;

    __atomic_compare_exchange_n(&popcorn_member.pinned, &none, reason, 0,
                                __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

enum popcorn_pin popcorn_pinned(void)
{
    return (enum popcorn_pin)__atomic_load_n(&popcorn_member.pinned,
                                             __ATOMIC_SEQ_CST);
}

static int runs_elsewhere(const struct popcorn_seat *seat)
{
    enum popcorn_seat_state state = popcorn_seat_state(seat);

    return popcorn_seat_state_is_away(state) && state != POPCORN_SEAT_IN_CALL;
}

static int call_home(void)
{
    int called = 0;

    for (uint32_t i = 0; i < popcorn_member.thread_limit; i++) {
        const struct popcorn_seat *seat = popcorn_seats[i];

        if (runs_elsewhere(seat)) {
            popcorn_propose(seat->kernel_id, popcorn_node_page()->home_id);
            called = 1;
        }
    }
    return called;
}

void popcorn_await_pinned(void)
{
    static const struct neutral_timespec pause = {0, LOOK_AGAIN_NS};

    if (popcorn_member.mode != POPCORN_HOME || !popcorn_member.ever_moved ||
        popcorn_pinned() == POPCORN_PIN_NONE) {
        return;
    }
    for (unsigned looks = 1; !popcorn_member.agent_lost; looks++) {
        if (!call_home()) {
            return;
        }
        if (looks == LONG_LOOKS) {
            popcorn_say("the program has something that only its home node can "
                        "have, and waits for threads that do not come there",
                        NULL, 0);
        }
        isa_syscall(NEUTRAL_nanosleep, (long)&pause, 0, 0, 0, 0, 0);
    }
}

void popcorn_stay_home(enum popcorn_pin reason)
{
    popcorn_pin(reason);
    popcorn_await_pinned();
}
