/* A move that does not come about: the thread goes on where it is. */
#include "runtime/member/move/move.h"

void popcorn_declined(struct popcorn_seat *seat, uint32_t reason)
{
    struct popcorn_message message;

    seat->declined = reason;
    if (seat->own_request) {
        seat->own_request = 0;
        return;
    }
    if (popcorn_member.agent_lost) {
        return;
    }
    popcorn_message_init(&message, seat, POPCORN_DECLINED,
                         popcorn_node_page()->home_id);
    message.refused.reason = reason;
    if (popcorn_send(seat, &message, NULL) != 0) {
        popcorn_agent_lost();
    }
}

/* Once for each reason: with --bounce a node may refuse at every point. */
void popcorn_say_refused(uint32_t reason, const char *text)
{
    static uint32_t said;
    uint32_t bit = 1u << (reason & 31);

    if ((__atomic_fetch_or(&said, bit, __ATOMIC_RELAXED) & bit) == 0) {
        popcorn_say("the thread stays on this node: ", text, 0);
    }
}

/* The other node could not take the thread: it goes on here. */
void popcorn_refused(struct popcorn_seat *seat,
                     const struct popcorn_incoming *incoming)
{
    struct popcorn_context *context = seat->departed;
    uint32_t reason = (uint32_t)incoming->message.refused.reason;

    if (context == NULL) {
        popcorn_fatal("the agent refused a thread that was not sent");
    }
    seat->departed = NULL;
    isa_set_thread_pointer((void *)(uintptr_t)seat->departed_tls);
    popcorn_seat_step(seat, POPCORN_SEAT_DO_STAY);
    if (incoming->message.length != 0) {
        incoming->payload[incoming->message.length] = '\0';
        popcorn_say_refused(reason, (const char *)incoming->payload);
    }
    if (seat->departed_with_call) {
        popcorn_say("a system call that only the home node can carry out "
                    "failed, for the thread could not go there",
                    NULL, 0);
        context->reg[popcorn_this_isa->result_slot] =
            (uint64_t)-(int64_t)NEUTRAL_EAGAIN;
    }
    popcorn_declined(seat, reason);
    seat->points_passed = 0;
    popcorn_raise_poll_word(seat);
    if (popcorn_member.mode == POPCORN_HOME) {
        popcorn_signals_run(seat, 0, context->pc);
        popcorn_restore_signals(seat->program_mask);
    } else {
        popcorn_faults_unblock();
    }
    popcorn_resume(context);
}
