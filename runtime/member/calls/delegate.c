/* A system call of a thread that is away, carried out at home. */
#include "runtime/member/calls/calls.h"

void popcorn_exchange(struct popcorn_seat *seat, long n,
                      const long arguments[6], int stays,
                      struct popcorn_message *reply)
{
    uint32_t *blocked = &popcorn_node_page()->thread[seat->thread].blocked;
    struct popcorn_message message;
    struct popcorn_incoming incoming;
    int64_t words[7] = {n};

    popcorn_copy(words + 1, arguments, 6 * sizeof(int64_t));
    popcorn_message_init(&message, seat, POPCORN_SYSCALL,
                         popcorn_node_page()->home_id);
    message.request = ++seat->calls;
    message.call.stays = (uint64_t)stays;
    message.length = sizeof words;
    /* Others need not wait at migration points for this one. */
    __atomic_store_n(blocked, 1, __ATOMIC_SEQ_CST);
    if (popcorn_send(seat, &message, words) != 0 ||
        popcorn_receive_type(seat, POPCORN_SYSCALL_REPLY, &incoming) != 0) {
        popcorn_exit_now(POPCORN_EXIT_LOST_NODE);
    }
    __atomic_store_n(blocked, 0, __ATOMIC_SEQ_CST);
    popcorn_raise_poll_word(seat);
    if (incoming.message.request != seat->calls) {
        popcorn_fatal("the agent sent the reply to another system call");
    }
    if (popcorn_arena_follow(seat, incoming.message.reply.high_water) != 0) {
        popcorn_fatal("this node cannot map the program's memory");
    }
    *reply = incoming.message;
}

long popcorn_delegate_here(struct popcorn_seat *seat, long n,
                           const long arguments[6])
{
    struct popcorn_message reply;

    popcorn_exchange(seat, n, arguments, 1, &reply);
    return (long)reply.reply.result;
}
