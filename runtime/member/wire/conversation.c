/* Questions and answers: what is said to the agent, and what it says meanwhile. */
#include "runtime/member/wire/wire.h"

void popcorn_die(const struct popcorn_incoming *incoming)
{
    uint32_t status = (uint32_t)incoming->message.end.status;
    uint32_t signal = status & 127;

    __atomic_store_n(&popcorn_node_page()->end, POPCORN_IS_LOST,
                     __ATOMIC_SEQ_CST);
    if (signal != 0 && signal <= 64) {
        popcorn_raise_default((int)signal);
    }
    popcorn_exit_now((int)(status >> 8) & 255);
}

int popcorn_receive_type(struct popcorn_seat *seat, uint16_t type,
                         struct popcorn_incoming *incoming)
{
    for (;;) {
        int result = popcorn_receive(seat, incoming);
        if (result != 0) {
            popcorn_agent_lost();
            return result;
        }
        if (incoming->message.type == type) {
            return 0;
        }
        if (incoming->message.type == POPCORN_DIE) {
            popcorn_die(incoming);
        }
        if (incoming->message.type == POPCORN_SIGNAL) {
            popcorn_node_page()->thread[seat->thread].signals = 1;
            popcorn_node_page()->poll_word = 1;
            continue;
        }
        popcorn_fatal_errno("the agent sent an unexpected message type",
                            -(long)incoming->message.type);
    }
}

int popcorn_ask_message(struct popcorn_seat *seat,
                        struct popcorn_message *message, uint16_t reply)
{
    struct popcorn_incoming incoming;
    int status = popcorn_send(seat, message, NULL);

    if (status != 0) {
        popcorn_agent_lost();
        return status;
    }
    status = popcorn_receive_type(seat, reply, &incoming);
    if (status == 0) {
        *message = incoming.message;
    }
    return status;
}

int popcorn_ask(struct popcorn_seat *seat, uint16_t type, uint64_t arg0,
                uint64_t arg1, uint16_t reply, uint64_t *result)
{
    struct popcorn_message message;
    int status;

    popcorn_message_init(&message, seat, type, popcorn_node_page()->node_id);
    message.arg[0] = arg0;
    message.arg[1] = arg1;
    status = popcorn_ask_message(seat, &message, reply);
    if (status == 0 && result != NULL) {
        *result = message.arg[0];
    }
    return status;
}
