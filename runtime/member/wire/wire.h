/* A seat's conversation with its agent, over the seat's own socket. May use
 * isa/<isa>/native, runtime/base and core/.
 *
 * -EPIPE: the agent is gone; popcorn_agent_lost() says what that means. Used by
 * the seat's kernel thread alone.
 */
#ifndef POPCORN_MEMBER_WIRE_H
#define POPCORN_MEMBER_WIRE_H

#include "runtime/member/core/seat.h"

struct popcorn_incoming {
    struct popcorn_message message;
    uint8_t *payload; /* in the seat's buffer, until the next receive */
};

/* wire.c */
/* The seat's buffer, at least this large; contents are kept. NULL: no memory. */
uint8_t *popcorn_buffer(struct popcorn_seat *seat, uint64_t size_bytes);
void popcorn_message_init(struct popcorn_message *message,
                          const struct popcorn_seat *seat, uint16_t type,
                          uint32_t target_node);
int popcorn_send(struct popcorn_seat *seat,
                 const struct popcorn_message *message, const void *payload);
/* `bytes` with a descriptor attached. */
int popcorn_send_descriptor(struct popcorn_seat *seat, int descriptor,
                            const void *bytes, uint64_t size_bytes);
int popcorn_receive(struct popcorn_seat *seat,
                    struct popcorn_incoming *incoming);

/* agent_watch.c. Home: whether who waits for the agent is to see that it is
 * stopped; waits for the socket, and has a look now and then. */
int popcorn_watches_agent(void);
void popcorn_await_agent(int socket);

/* conversation.c */
/* Waits for `type`; on the way handles DIE. Ends the program if the agent
 * speaks out of turn. */
int popcorn_receive_type(struct popcorn_seat *seat, uint16_t type,
                         struct popcorn_incoming *incoming);
/* Sends the message and waits for `reply`, which takes its place. */
int popcorn_ask_message(struct popcorn_seat *seat,
                        struct popcorn_message *message, uint16_t reply);
/* Sends a message of this type, with its first two arguments, and waits for
 * `reply`, the first argument of which is then in *result, unless NULL. */
int popcorn_ask(struct popcorn_seat *seat, uint16_t type, uint64_t arg0,
                uint64_t arg1, uint16_t reply, uint64_t *result);
/* What DIE says. */
_Noreturn void popcorn_die(const struct popcorn_incoming *incoming);

#endif
