/* Messages on a reliable byte stream, for the agents and the tools.
 *
 * Host C, single-threaded.  Everything read is treated as hostile: the decoder
 * checks each header against the table in messages.def before the payload is
 * waited for, and memory grows with the bytes that came, never with the length
 * somebody claims.
 */
#ifndef POPCORN_MESSAGE_CONNECTION_H
#define POPCORN_MESSAGE_CONNECTION_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/message/message.h"
#include "runtime/message/seal.h"

#define POPCORN_PROTOCOL_VERSION 5

/* A complete message in somebody's buffer. */
struct message_view {
    struct popcorn_message header;
    const uint8_t *payload; /* header.length bytes; not aligned */
};

/* Looks for one message at the start of bytes. Returns its total size, 0 if
 * more bytes are needed, -EPROTO if this is no message: `reason` says why. */
int64_t message_decode(const void *bytes, size_t size_bytes,
                       struct message_view *view, char *reason,
                       size_t reason_bytes);

/* "PAGE_REQUEST" for POPCORN_PAGE_REQUEST; NULL for an unknown type. */
const char *message_name(uint16_t type);
/* Text of an enum popcorn_decline; never NULL. */
const char *decline_text(uint64_t reason);

/* One end of a connection. Zero it, then connection_open(). */
struct connection {
    int fd;               /* non-blocking; -1: closed */
    int descriptor;       /* the oldest with SCM_RIGHTS not taken yet, or -1 */
    int later_descriptor; /* the one after it, or -1 */
    int takes_descriptor; /* accept them; a byte 'U' may carry one */
    uint8_t *in;
    size_t in_start, in_end, in_capacity;
    uint8_t *out;
    size_t out_start, out_end, out_capacity;
    uint64_t bytes_sent, bytes_received;
    struct seal_state seal_out, seal_in;
    char reason[160]; /* why it failed, empty: the peer closed it */
};

/* Takes over fd and makes it non-blocking. -errno. */
int connection_open(struct connection *connection, int fd);
/* Before the first message: from here on every message has a seal (seal.h).
 * The keys are the other end's, exchanged. */
void connection_seal(struct connection *connection, uint64_t key_out,
                     uint64_t key_in);
void connection_close(struct connection *connection);

/* The oldest descriptor that came, now the caller's; -1: none. */
int connection_take_descriptor(struct connection *connection);

/* Reads what is there. 1: something came, 0: nothing now, -ECONNRESET: end of
 * stream, or another -errno. */
int connection_read(struct connection *connection);

/* Takes the next complete message out of the input. 1, 0: none, -EPROTO. The
 * view is valid until the next connection_read(). */
int connection_next(struct connection *connection, struct message_view *view);

/* Queues a message and sends what the socket takes. magic and length are
 * filled in. -ENOMEM, -EPIPE and other send errors. */
int connection_send(struct connection *connection,
                    const struct popcorn_message *header, const void *payload,
                    size_t payload_bytes);
/* Queues; connection_flush() sends. A large payload goes at once if nothing is
 * queued, as much of it as the socket takes. */
int connection_queue(struct connection *connection,
                     const struct popcorn_message *header, const void *payload,
                     size_t payload_bytes);
/* 0: all sent, -EAGAIN: wait until the socket is writable, or -errno. */
int connection_flush(struct connection *connection);

#endif
