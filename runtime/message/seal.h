/* The seal before each message between two machines: its place in the stream
 * and sums of header and payload.
 *
 * A socket pair delivers what was sent; a network may not: TCP's own checksum
 * has 16 bits.  So nothing that came damaged, twice, out of order or from
 * another connection is ever handled: the sums start from a key that only the
 * two ends of this connection have, one for each direction, and count messages.
 * Random damage is missed once in 2^32 (header) or 2^64 (payload) times, and no
 * two changes cancel whatever the message.  It is no defence against somebody
 * who can study the traffic.
 */
#ifndef POPCORN_MESSAGE_SEAL_H
#define POPCORN_MESSAGE_SEAL_H

#include <stddef.h>
#include <stdint.h>

struct message_seal {
    uint32_t sequence;   /* messages before it on this connection, low half */
    uint32_t header_sum; /* checked before the length in it is believed */
    uint64_t payload_sum;
};

_Static_assert(sizeof(struct message_seal) == 16, "seal is fixed");

/* One direction of a connection. */
struct seal_state {
    uint64_t key, count;
    int on; /* off between processes of one machine */
};

struct message_seal seal_make(const struct seal_state *state,
                              const void *header, size_t header_bytes,
                              const void *payload, size_t payload_bytes);
/* 0, or -EPROTO and why. Does not count. */
int seal_check_header(const struct seal_state *state,
                      const struct message_seal *seal, const void *header,
                      size_t header_bytes, char *reason, size_t reason_bytes);
int seal_check_payload(const struct seal_state *state,
                       const struct message_seal *seal, const void *payload,
                       size_t payload_bytes, char *reason, size_t reason_bytes);

#endif
