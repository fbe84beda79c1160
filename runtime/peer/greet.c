/* The greetings and the proofs of the key, from both sides (peer.h). */
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "runtime/message/connection.h" /* POPCORN_PROTOCOL_VERSION */
#include "runtime/peer/peer.h"

static const char magic[8] = {'P', 'O', 'P', 'C', 'O', 'R', 'N', 'D'};

static int say(struct popcorn_error *error, int code, const char *what)
{
    error->code = code;
    snprintf(error->text, sizeof error->text, "%s", what);
    return code;
}

int peer_mac(const uint8_t key[32], const char *label,
             const struct peer_part *parts, unsigned count, uint8_t mac[32])
{
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context =
        algorithm == NULL ? NULL : EVP_MAC_CTX_new(algorithm);
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string("digest", digest, 0),
        OSSL_PARAM_construct_end()};
    size_t size = 0;
    int good =
        context != NULL && EVP_MAC_init(context, key, 32, parameters) == 1 &&
        EVP_MAC_update(context, (const uint8_t *)label, strlen(label) + 1) == 1;

    for (unsigned i = 0; i < count && good; i++) {
        good = EVP_MAC_update(context, parts[i].bytes, parts[i].size_bytes);
    }
    good = good && EVP_MAC_final(context, mac, &size, 32) == 1 && size == 32;
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(algorithm);
    return good ? 0 : -ENOMEM;
}

int peer_same(const uint8_t a[32], const uint8_t b[32])
{
    return CRYPTO_memcmp(a, b, 32) == 0;
}

/* The MAC of both greetings under a label. */
static int prove(const struct peer *peer, const char *label, uint8_t mac[32])
{
    const struct peer_part parts[] = {{&peer->client, sizeof peer->client},
                                      {&peer->server, sizeof peer->server}};

    return peer_mac(peer->key, label, parts, 2, mac);
}

static int make_greeting(struct peer_greeting *greeting, const char *isa)
{
    memset(greeting, 0, sizeof *greeting);
    memcpy(greeting->magic, magic, sizeof magic);
    greeting->setup_version = PEER_SETUP_VERSION;
    greeting->message_version = POPCORN_PROTOCOL_VERSION;
    greeting->abi_version = POPCORN_ABI_VERSION;
    snprintf(greeting->release, sizeof greeting->release, "%s",
             POPCORN_VERSION);
    snprintf(greeting->isa, sizeof greeting->isa, "%s", isa);
    return getrandom(greeting->nonce, sizeof greeting->nonce, 0) ==
                   sizeof greeting->nonce
               ? 0
               : -EIO;
}

/* Is this a Popcorn of our version? */
static int check_greeting(struct peer_greeting *theirs,
                          const struct peer_greeting *ours,
                          struct popcorn_error *error)
{
    if (memcmp(theirs->magic, magic, sizeof magic) != 0) {
        return say(error, -EPROTO, "what answers there is not Popcorn");
    }
    theirs->release[sizeof theirs->release - 1] = '\0';
    theirs->isa[sizeof theirs->isa - 1] = '\0';
    if (theirs->setup_version != ours->setup_version ||
        theirs->message_version != ours->message_version ||
        theirs->abi_version != ours->abi_version ||
        strcmp(theirs->release, ours->release) != 0) {
        error->code = -EPROTO;
        snprintf(error->text, sizeof error->text,
                 "it is another version: Popcorn %.15s (set-up %u, messages "
                 "%u, ABI %u), here %s (%u, %u, %u). Install the same on both",
                 theirs->release, theirs->setup_version,
                 theirs->message_version, theirs->abi_version, ours->release,
                 ours->setup_version, ours->message_version, ours->abi_version);
        return -EPROTO;
    }
    return 0;
}

static int say_lost(struct popcorn_error *error, int code)
{
    return say(error, code,
               code == -ECONNRESET  ? "it closed the connection"
               : code == -ETIMEDOUT ? "it does not answer in time"
                                    : strerror(-code));
}

static int take_answer(const struct peer_answer *answer,
                       struct popcorn_error *error)
{
    error->code = -EACCES;
    snprintf(error->text, sizeof error->text, "it refused: %.123s",
             answer->text);
    return -EACCES;
}

int peer_greet_client(struct peer *peer, struct popcorn_error *error)
{
    uint64_t deadline = peer_deadline(PEER_GREET_MS);
    struct peer_answer answer;
    uint8_t proof[32];
    int result = make_greeting(&peer->client, "");

    if (result != 0 ||
        (result = peer_send(peer->fd, &peer->client, sizeof peer->client,
                            deadline)) != 0 ||
        (result = peer_receive(peer->fd, &peer->server, sizeof peer->server,
                               deadline)) != 0) {
        return say_lost(error, result);
    }
    result = check_greeting(&peer->server, &peer->client, error);
    if (result != 0) {
        return result;
    }
    if ((result = prove(peer, "popcorn client", proof)) != 0 ||
        (result = peer_send(peer->fd, proof, sizeof proof, deadline)) != 0 ||
        (result = peer_receive(peer->fd, &answer, sizeof answer, deadline)) !=
            0) {
        return say_lost(error, result);
    }
    answer.text[sizeof answer.text - 1] = '\0';
    if (answer.refused != 0) {
        return take_answer(&answer, error);
    }
    if ((result = prove(peer, "popcorn server", proof)) != 0) {
        return say_lost(error, result);
    }
    if (!peer_same(proof, answer.proof)) {
        return say(error, -EACCES,
                   "it does not have our key: it is not the node it seems");
    }
    return prove(peer, "popcorn session", peer->session);
}

static void refuse(struct peer *peer, const char *text, uint64_t deadline)
{
    struct peer_answer answer = {.refused = 1};

    snprintf(answer.text, sizeof answer.text, "%s", text);
    peer_send(peer->fd, &answer, sizeof answer, deadline);
}

int peer_greet_server(struct peer *peer, const char *isa, const char *busy,
                      struct popcorn_error *error)
{
    uint64_t deadline = peer_deadline(PEER_GREET_MS);
    struct peer_answer answer = {0};
    uint8_t proof[32], expected[32];
    int result = make_greeting(&peer->server, isa);

    if (result != 0 ||
        (result = peer_receive(peer->fd, &peer->client, sizeof peer->client,
                               deadline)) != 0) {
        return say_lost(error, result);
    }
    if (memcmp(peer->client.magic, magic, sizeof magic) != 0) {
        return say(error, -EPROTO, "the caller is not Popcorn");
    }
    /* Sent whatever the caller's version is: it says what is wrong. */
    if ((result = peer_send(peer->fd, &peer->server, sizeof peer->server,
                            deadline)) != 0) {
        return say_lost(error, result);
    }
    result = check_greeting(&peer->client, &peer->server, error);
    if (result != 0) {
        return result;
    }
    if ((result = peer_receive(peer->fd, proof, sizeof proof, deadline)) != 0 ||
        (result = prove(peer, "popcorn client", expected)) != 0) {
        return say_lost(error, result);
    }
    if (!peer_same(proof, expected)) {
        refuse(peer,
               "the keys differ. Copy the key file of one machine to "
               "the other",
               deadline);
        return say(error, -EACCES, "the caller does not have our key");
    }
    if (busy != NULL) {
        refuse(peer, busy, deadline);
        return say(error, -EBUSY, busy);
    }
    if ((result = prove(peer, "popcorn server", answer.proof)) != 0 ||
        (result = prove(peer, "popcorn session", peer->session)) != 0 ||
        (result = peer_send(peer->fd, &answer, sizeof answer, deadline)) != 0) {
        return say_lost(error, result);
    }
    return 0;
}
