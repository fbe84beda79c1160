/* What a seat does while its thread is on another node. Runs on the runtime
 * stack with signals blocked; at home they are let in while it waits and while
 * it carries out a delegated system call, so that the home process reacts to
 * them as the native program would.
 */
#include "isa/native_libc.h"
#include "runtime/member/move/move.h"

/* Null in a program that cannot ask for it. */
#pragma weak popcorn_call_addresses

/* Tells the thread, wherever it is, that handlers are pending: home's agent
 * knows where. */
static void announce_signals(struct popcorn_seat *seat)
{
    struct popcorn_message message;
    uint64_t pending = popcorn_signals_pending(seat);

    if (pending == 0) {
        return;
    }
    popcorn_message_init(&message, seat, POPCORN_SIGNAL,
                         popcorn_node_page()->home_id);
    message.signal.bits = pending;
    if (popcorn_send(seat, &message, NULL) != 0) {
        popcorn_agent_lost();
    }
}

/* Sleeps until the socket is readable (1), or a handler was queued, or one that
 * was announced is still waiting after 20 ms (0): the thread may just have
 * been between two nodes. A signal whose handler is due stays blocked, so that
 * further ones wait in the kernel, and a timer's are counted as overruns. */
static int wait_readable(const struct popcorn_seat *seat)
{
    struct neutral_pollfd wait = {seat->socket, NEUTRAL_POLLIN, 0};
    struct neutral_timespec again = {0, 20000000};
    uint64_t mask = seat->program_mask | popcorn_signals_pending(seat);
    long result;

    if (popcorn_member.mode == POPCORN_REMOTE) {
        return 1;
    }
    result = isa_syscall(NEUTRAL_ppoll, (long)&wait, 1,
                         seat->signal_count != 0 ? (long)&again : 0,
                         (long)&mask, sizeof mask, 0);
    return result == 1;
}

static int changes_mask(int64_t n)
{
    return n == NEUTRAL_rt_sigprocmask || n == POPCORN_CALL_FAULT ||
           n == POPCORN_CALL_SET_MASK;
}

/* One system call for the thread, with the program's signal mask, which few
 * calls change. Signals that were queued on its way out are blocked now; it
 * had not blocked them, and was not begun if any was queued before. */
static long carry_out(struct popcorn_seat *seat, const int64_t words[7])
{
    uint64_t due = popcorn_signals_pending(seat);
    uint64_t mask;
    long result;

    popcorn_restore_signals(seat->program_mask);
    result =
        words[0] == POPCORN_CALL_ADDRESSES
            ? popcorn_call_addresses((uint64_t *)words[1], (uint64_t)words[2])
            : popcorn_syscall_local(words[0], words[1], words[2], words[3],
                                    words[4], words[5], words[6]);
    mask = popcorn_block_signals();
    if (changes_mask(words[0])) {
        seat->program_mask = mask & ~(popcorn_signals_pending(seat) & ~due);
    }
    return result;
}

static void serve_system_call(struct popcorn_seat *seat,
                              const struct popcorn_incoming *incoming)
{
    struct popcorn_message reply;
    int64_t words[7];
    int stays;

    if (popcorn_member.mode != POPCORN_HOME ||
        incoming->message.length != sizeof words) {
        popcorn_fatal("the agent sent a system call that is malformed or not "
                      "for this node");
    }
    popcorn_copy(words, incoming->payload, sizeof words);
    popcorn_message_init(&reply, seat, POPCORN_SYSCALL_REPLY,
                         incoming->message.source_node);
    reply.request = incoming->message.request;
    stays = incoming->message.call.stays != 0;
    popcorn_seat_step(seat, stays ? POPCORN_SEAT_DO_STAYING_CALL
                                  : POPCORN_SEAT_DO_CALL);
    /* A handler that is due runs before the call does; not before the last
     * one, whose thread does not wait for a reply. */
    reply.reply.not_done = seat->signal_count != 0 && !stays &&
                           words[0] != POPCORN_CALL_THREAD_EXIT &&
                           words[0] != NEUTRAL_exit;
    if (reply.reply.not_done == 0) {
        long result = carry_out(seat, words);
        int begun = result != ISA_NOT_ENTERED;

        reply.reply.result = (uint64_t)result;
        reply.reply.not_done =
            !begun ||
            (result == -NEUTRAL_EINTR && !stays &&
             popcorn_is_restartable(words[0] & ~POPCORN_CALL_CANCELLABLE,
                                    words + 1) &&
             seat->signal_count != 0 && popcorn_signals_all_restart(seat));
    }
    reply.reply.high_water = popcorn_member.high_water;
    popcorn_seat_step(seat, POPCORN_SEAT_DO_DONE);
    reply.reply.come_home = popcorn_signals_pending(seat) | popcorn_pinned();
    if (popcorn_send(seat, &reply, NULL) != 0) {
        popcorn_agent_lost();
    }
}

void popcorn_wait_loop(struct popcorn_seat *seat)
{
    struct popcorn_incoming incoming;

    for (;;) {
        if (!wait_readable(seat)) {
            announce_signals(seat);
            continue;
        }
        if (popcorn_receive(seat, &incoming) != 0) {
            popcorn_agent_lost();
            popcorn_exit_now(POPCORN_EXIT_LOST_NODE);
        }
        switch (incoming.message.type) {
        case POPCORN_THREAD_ARRIVE:
            popcorn_arrive(seat, &incoming);
            break;
        case POPCORN_THREAD_REFUSED:
            popcorn_refused(seat, &incoming);
        case POPCORN_SYSCALL:
            serve_system_call(seat, &incoming);
            break;
        case POPCORN_SIGNAL:
            break; /* the thread left before it saw this */
        case POPCORN_THREAD_END:
            popcorn_seat_leave(seat);
        case POPCORN_DIE:
            popcorn_die(&incoming);
        default:
            popcorn_fatal_errno("the agent sent an unexpected message type",
                                -(long)incoming.message.type);
        }
    }
}

static void wait_for_thread(void *argument)
{
    struct popcorn_seat *seat = argument;

    popcorn_become_stand_in(seat);
    popcorn_wait_loop(seat);
}

void popcorn_wait_on_runtime_stack(struct popcorn_seat *seat)
{
    popcorn_run_on_stack((void *)(uintptr_t)seat->runtime_top, wait_for_thread,
                         seat);
}
