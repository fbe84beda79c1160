/* A node on another machine: how `popcorn run` and popcornd meet.
 *
 *   popcorn run                                popcornd
 *     greeting (versions, nonce)  ---------->
 *                                 <----------  greeting (versions, ISA, nonce)
 *     proof of the key            ---------->
 *                                 <----------  answer, proof of the key
 *     request, configuration, image -------->
 *                                 <----------  answer: the agent starts
 *     from here on the socket is the agents' (runtime/message)
 *
 * Proofs are HMAC-SHA256 under the shared key over both greetings, so each side
 * sees that the other has the key and neither can use what it heard before.
 * Request and last answer carry a MAC under a key of this session; what the
 * agents say afterwards has seals that show damage (runtime/message/seal.h) but
 * would not stop a man in the middle, and nothing is encrypted: for networks one
 * trusts (docs/man/popcornd.8).
 *
 * Host code, blocking with deadlines.  Everything received is hostile until the
 * proof, and its lengths and texts are checked after it too.  May use
 * runtime/base and runtime/message.
 */
#ifndef POPCORN_PEER_PEER_H
#define POPCORN_PEER_PEER_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"
#include "runtime/peer/setup.h"

#define PEER_DEFAULT_PORT "7070"
#define PEER_KEY_BYTES 32

enum {
    PEER_GREET_MS = 10000,  /* for everything up to the proofs */
    PEER_START_MS = 120000, /* for the request and its answer */
    PEER_LOST_MS = 10000 /* without acknowledgement, and the connection ends */
};

/* One set-up conversation. The socket is the caller's. */
struct peer {
    int fd;
    uint8_t key[PEER_KEY_BYTES];
    struct peer_greeting client, server;
    uint8_t session[32]; /* key of this session's MACs, after the proofs */
};

/* --- key.c: the shared key, 64 hexadecimal digits in a file --- */
/* $XDG_CONFIG_HOME/popcorn/key or ~/.config/popcorn/key. 0 or -ENOENT. */
int peer_key_path(char *path, size_t size_bytes);
/* Reads a key that only this user can read. -errno and `error`. */
int peer_key_read(const char *path, uint8_t key[PEER_KEY_BYTES],
                  struct popcorn_error *error);
/* Makes a new key file, mode 0600, and its directories. -EEXIST if there is
 * one. */
int peer_key_make(const char *path, struct popcorn_error *error);

/* --- socket.c --- */
/* "HOST:PORT", "HOST", "[v6]:PORT" into its parts. 0 or -EINVAL. */
int peer_split(const char *text, char *host, size_t host_bytes, char *port,
               size_t port_bytes);
/* A connected socket, or -errno and `error`. */
int peer_connect(const char *address, struct popcorn_error *error);
/* No delay for small messages; PEER_LOST_MS without acknowledgement end it.
 * Stays with the socket across exec. */
int peer_tune(int fd);
uint64_t peer_deadline(unsigned from_now_ms);
/* All bytes by the deadline (peer_deadline), or -errno: -ETIMEDOUT,
 * -ECONNRESET if the other side ended. */
int peer_send(int fd, const void *bytes, size_t size_bytes,
              uint64_t deadline_ms);
int peer_receive(int fd, void *bytes, size_t size_bytes, uint64_t deadline_ms);

/* --- greet.c: both sides of the proofs --- */
/* peer->fd and key are set. 0, or -errno and `error` with the reason. */
int peer_greet_client(struct peer *peer, struct popcorn_error *error);
/* `busy`: NULL, or why nothing can be started now. */
int peer_greet_server(struct peer *peer, const char *isa, const char *busy,
                      struct popcorn_error *error);

/* --- start.c: the request for an agent --- */
/* Sends configuration and image, waits for the answer. */
int peer_start_client(struct peer *peer, int config_fd, const void *image,
                      uint64_t image_bytes, struct popcorn_error *error);
/* Receives both into new memfds. */
int peer_start_server(struct peer *peer, int *config_fd, int *image_fd,
                      struct popcorn_error *error);
/* NULL: the agent starts; else why it does not. */
int peer_answer_start(struct peer *peer, const char *refused);

/* Keys of the seals of the agents' messages (runtime/message/seal.h), from
 * `popcorn run`'s side: out to popcornd's, in from it. 0 or -ENOMEM. */
int peer_seal_keys(const struct peer *peer, uint64_t *out, uint64_t *in);

#endif
