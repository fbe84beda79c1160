/* Fuzz target: how `popcorn run` and popcornd meet (runtime/peer,
 * tools/popcornd/session.c), through a real socket pair.
 *
 * All that the other side will say is in the socket before it is read, ended by
 * the end of the stream: nonces are known here (getrandom() is replaced), so the
 * proofs can be made, of what the input has changed.  An agent is started, or
 * one believed to be, only if every proof was right; and only with a
 * configuration that names what there is.
 *
 * Input: 0: popcornd's side, 1: `popcorn run`'s, 2: an address, as text; then see
 * there. */
#include <errno.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/launch/config.h"
#include "runtime/message/connection.h" /* POPCORN_PROTOCOL_VERSION */
#include "tests/fuzz/fuzz.h"
#include "tools/popcornd/popcornd.h"

enum { POPCORND, POPCORN_RUN, ADDRESS, SIDES };
enum { NONCE = 0x5a, CHANGES_MAX = 8 };

/* What is right in spite of what the input changes. */
enum { PROOF_RIGHT = 1, REQUEST_RIGHT = 2, IMAGE_RIGHT = 4, BUSY = 8 };

/* --- what is replaced --- */

int fuzz_setsockopt(int fd, int level, int option, const void *value,
                    socklen_t size);
ssize_t fuzz_getrandom(void *bytes, size_t size_bytes, unsigned flags);

/* The settings are TCP's. */
int fuzz_setsockopt(int fd, int level, int option, const void *value,
                    socklen_t size)
{
    (void)fd;
    (void)level;
    (void)option;
    (void)value;
    (void)size;
    return 0;
}

ssize_t fuzz_getrandom(void *bytes, size_t size_bytes, unsigned flags)
{
    (void)flags;
    memset(bytes, NONCE, size_bytes);
    return (ssize_t)size_bytes;
}

void say(const char *format, ...)
{
    (void)format;
}

static int started;
static struct service service = {.isa = "aarch64"};

int agent_exec(const struct agent_config *config, const char *path)
{
    (void)path;
    MUST(config->node < config->node_count &&
         config->home < config->node_count && config->node != config->home);
    MUST(config->node_count <= POPCORN_MAX_NODES);
    for (unsigned i = 0; i < POPCORN_MAX_NODES; i++) {
        MUST((config->peer_fd[i] >= 0) == (i == config->home));
        MUST((config->seal_in[i] != 0) == (i == config->home));
    }
    MUST(config->image_fd >= 0 && config->member_fd < 0 &&
         config->memory_fd < 0 && config->node_page_fd < 0 &&
         config->trace_fd < 0 && config->stats_fd < 0);
    MUST(config->qemu[0] == '\0' && config->control[0] == '\0');
    started = 1;
    return -ENOENT;
}

/* --- what the other side says --- */

struct change {
    uint8_t piece, offset, bits;
};

struct changes {
    unsigned count;
    struct change change[CHANGES_MAX];
};

static void read_changes(struct fuzz_input *input, struct changes *changes)
{
    changes->count = fuzz_byte(input) % (CHANGES_MAX + 1);
    for (unsigned i = 0; i < changes->count; i++) {
        changes->change[i].piece = fuzz_byte(input);
        changes->change[i].offset = fuzz_byte(input);
        changes->change[i].bits = fuzz_byte(input);
    }
}

static void apply(const struct changes *changes, unsigned piece, void *bytes,
                  size_t size_bytes)
{
    for (unsigned i = 0; i < changes->count; i++) {
        const struct change *change = &changes->change[i];

        if (change->piece == piece) {
            ((uint8_t *)bytes)[change->offset % size_bytes] ^= change->bits;
        }
    }
}

static struct peer_greeting greeting(const char *isa)
{
    struct peer_greeting made = {
        .magic = {'P', 'O', 'P', 'C', 'O', 'R', 'N', 'D'},
        .setup_version = PEER_SETUP_VERSION,
        .message_version = POPCORN_PROTOCOL_VERSION,
        .abi_version = POPCORN_ABI_VERSION};

    strcpy(made.release, POPCORN_VERSION);
    strcpy(made.isa, isa);
    memset(made.nonce, NONCE, sizeof made.nonce);
    return made;
}

/* The MAC of both greetings under a label. */
static void prove(const struct peer *peer, const char *label, uint8_t mac[32])
{
    const struct peer_part parts[] = {{&peer->client, sizeof peer->client},
                                      {&peer->server, sizeof peer->server}};

    MUST(peer_mac(peer->key, label, parts, 2, mac) == 0);
}

struct ends {
    int near, far;
};

static struct ends open_ends(void)
{
    int pair[2];

    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    return (struct ends){pair[0], pair[1]};
}

static void tell(const struct ends *ends, const void *bytes, size_t size_bytes)
{
    MUST(send(ends->far, bytes, size_bytes, MSG_DONTWAIT) ==
         (ssize_t)size_bytes);
}

/* --- popcornd's side --- */

/* The request for `tail` (a configuration and an image), with its proofs. Pieces
 * of the changes: 1. */
static struct peer_request make_request(const struct peer *peer,
                                        const struct changes *changes,
                                        unsigned right, size_t config_bytes,
                                        const uint8_t *tail, size_t tail_bytes)
{
    struct peer_request request = {.config_bytes = (uint32_t)config_bytes,
                                   .image_bytes = tail_bytes - config_bytes};
    struct peer_part parts[] = {
        {&request, offsetof(struct peer_request, proof)}, {tail, 0}};

    apply(changes, 1, &request, offsetof(struct peer_request, image_sha256));
    parts[1].size_bytes =
        request.config_bytes < tail_bytes ? request.config_bytes : tail_bytes;
    if (right & IMAGE_RIGHT) {
        size_t left = tail_bytes - parts[1].size_bytes;
        size_t size = request.image_bytes < left ? request.image_bytes : left;

        MUST(EVP_Digest(tail + parts[1].size_bytes, size, request.image_sha256,
                        NULL, EVP_sha256(), NULL) == 1);
    }
    if (right & REQUEST_RIGHT) {
        MUST(peer_mac(peer->session, "popcorn request", parts, 2,
                      request.proof) == 0);
    }
    return request;
}

/* Input: what is right; changes of the greeting (0) and the request (1); length
 * of the configuration; it; the image. */
static void popcornd(struct fuzz_input *input)
{
    unsigned right = fuzz_byte(input);
    struct peer peer = {.client = greeting(""), .server = greeting("aarch64")};
    struct peer_request request;
    struct changes changes;
    struct ends ends = open_ends();
    size_t config_bytes, tail_bytes = SIZE_MAX;
    const uint8_t *tail;
    uint8_t proof[32] = {0};

    read_changes(input, &changes);
    config_bytes = fuzz_number(input, 2);
    tail = fuzz_bytes(input, &tail_bytes);
    config_bytes = config_bytes < tail_bytes ? config_bytes : tail_bytes;
    apply(&changes, 0, &peer.client, sizeof peer.client);
    prove(&peer, "popcorn session", peer.session);
    if (right & PROOF_RIGHT) {
        prove(&peer, "popcorn client", proof);
    }
    request =
        make_request(&peer, &changes, right, config_bytes, tail, tail_bytes);
    tell(&ends, &peer.client, sizeof peer.client);
    tell(&ends, proof, sizeof proof);
    tell(&ends, &request, sizeof request);
    tell(&ends, tail, tail_bytes);
    shutdown(ends.far, SHUT_WR);
    started = 0;
    session_run(&service, ends.near, "fuzz", right & BUSY ? "busy" : NULL);
    if (started) {
        MUST((right & PROOF_RIGHT) && (right & REQUEST_RIGHT) &&
             (right & IMAGE_RIGHT) && !(right & BUSY));
    }
}

/* --- the side of `popcorn run` --- */

/* Input: what is right; changes of the greeting (0), the answer (1), the last
 * answer (2). */
static void popcorn_run(struct fuzz_input *input)
{
    unsigned right = fuzz_byte(input);
    struct peer model = {.client = greeting(""), .server = greeting("aarch64")};
    struct ends ends = open_ends();
    struct peer peer = {.fd = ends.near};
    struct peer_answer answer = {0}, last = {0};
    const struct peer_part part = {&last, offsetof(struct peer_answer, proof)};
    struct popcorn_error error = {0};
    struct changes changes;
    uint64_t out, in;
    int config = memfd_create("config", MFD_CLOEXEC), result;

    read_changes(input, &changes);
    apply(&changes, 0, &model.server, sizeof model.server);
    prove(&model, "popcorn session", model.session);
    if (right & PROOF_RIGHT) {
        prove(&model, "popcorn server", answer.proof);
    }
    apply(&changes, 1, &answer, offsetof(struct peer_answer, proof));
    apply(&changes, 2, &last, offsetof(struct peer_answer, proof));
    if (right & REQUEST_RIGHT) {
        MUST(peer_mac(model.session, "popcorn answer", &part, 1, last.proof) ==
             0);
    }
    tell(&ends, &model.server, sizeof model.server);
    tell(&ends, &answer, sizeof answer);
    tell(&ends, &last, sizeof last);
    shutdown(ends.far, SHUT_WR);
    result = peer_greet_client(&peer, &error);
    if (result == 0) {
        MUST((right & PROOF_RIGHT) && answer.refused == 0);
        result = peer_start_client(&peer, config, "image", 5, &error);
    }
    if (result == 0) {
        MUST((right & REQUEST_RIGHT) && last.refused == 0);
        MUST(peer_seal_keys(&peer, &out, &in) == 0 && out != 0);
    } else {
        MUST(error.text[0] != '\0');
        MUST(memchr(error.text, '\0', sizeof error.text) != NULL);
    }
}

/* --- addresses --- */

static void address(struct fuzz_input *input)
{
    char text[256] = "", host[64], port[32];
    size_t size = sizeof text - 1;
    const uint8_t *bytes = fuzz_bytes(input, &size);

    memcpy(text, bytes, size);
    if (peer_split(text, host, sizeof host, port, sizeof port) == 0) {
        MUST(host[0] != '\0' && memchr(host, '\0', sizeof host) != NULL);
        MUST(port[0] != '\0' && strspn(port, "0123456789") == strlen(port));
    }
}

void fuzz_start(void)
{
    uint8_t mac[32];

    /* The library opens what it keeps open. */
    MUST(peer_mac(service.key, "", NULL, 0, mac) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    struct fuzz_input input = {data, size_bytes};
    uint64_t open_before = fuzz_open_files(), left_open;
    unsigned side = fuzz_byte(&input) % SIDES;

    if (side == POPCORND) {
        popcornd(&input);
    } else if (side == POPCORN_RUN) {
        popcorn_run(&input);
    } else {
        address(&input);
    }
    /* The process that runs a session ends, or is the agent. */
    left_open = fuzz_open_files() & ~open_before;
    for (int fd = 0; left_open >> fd != 0; fd++) {
        if (left_open >> fd & 1) {
            close(fd);
        }
    }
    return 0;
}

static void seed_popcornd(void)
{
    static struct agent_config config;
    static uint8_t text[8192];
    struct fuzz_output output = {0};
    size_t text_bytes;
    int file;

    config_init(&config);
    config.node = 1;
    config.node_count = 2;
    strcpy(config.isa[0], "x86_64");
    strcpy(config.isa[1], "aarch64");
    strcpy(config.program, "./hello");
    file = config_write(&config);
    MUST(file >= 0);
    text_bytes = (size_t)pread(file, text, sizeof text, 0);
    fuzz_put_number(&output, POPCORND, 1);
    fuzz_put_number(&output, PROOF_RIGHT | REQUEST_RIGHT | IMAGE_RIGHT, 1);
    fuzz_put_number(&output, 1, 1);
    fuzz_put(&output, "\x02\0\0", 3); /* a change of nothing */
    fuzz_put_number(&output, text_bytes, 2);
    fuzz_put(&output, text, text_bytes);
    fuzz_put(&output, "image", 5);
    fuzz_seed("popcornd", output.bytes, output.used);
}

void fuzz_seeds(void)
{
    struct fuzz_output output = {0};

    seed_popcornd();
    fuzz_put_number(&output, POPCORN_RUN, 1);
    fuzz_put_number(&output, PROOF_RIGHT | REQUEST_RIGHT, 1);
    fuzz_put_number(&output, 1, 1);
    fuzz_put(&output, "\x03\0\0", 3);
    fuzz_seed("popcorn_run", output.bytes, output.used);
    fuzz_seed("address", "\x02[fe80::1]:7070", 15);
}
