/* The request for an agent: its configuration and image (peer.h). */
#include <errno.h>
#include <openssl/evp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/peer/peer.h"

enum { PIECE_BYTES = 256 << 10 };

static int say(struct popcorn_error *error, int code, const char *what)
{
    error->code = code;
    snprintf(error->text, sizeof error->text, "%s", what);
    return code;
}

static int say_lost(struct popcorn_error *error, int code)
{
    return say(error, code,
               code == -ECONNRESET  ? "it closed the connection"
               : code == -ETIMEDOUT ? "it does not answer in time"
                                    : strerror(-code));
}

static int prove_request(const struct peer *peer,
                         const struct peer_request *request, const void *config,
                         uint8_t mac[32])
{
    const struct peer_part parts[] = {
        {request, offsetof(struct peer_request, proof)},
        {config, request->config_bytes}};

    return peer_mac(peer->session, "popcorn request", parts, 2, mac);
}

static int prove_answer(const struct peer *peer,
                        const struct peer_answer *answer, uint8_t mac[32])
{
    const struct peer_part parts[] = {
        {answer, offsetof(struct peer_answer, proof)}};

    return peer_mac(peer->session, "popcorn answer", parts, 1, mac);
}

int peer_seal_keys(const struct peer *peer, uint64_t *out, uint64_t *in)
{
    uint8_t mac[32];
    int result = peer_mac(peer->session, "popcorn seals", NULL, 0, mac);

    if (result == 0) {
        memcpy(out, mac, sizeof *out);
        memcpy(in, mac + sizeof *out, sizeof *in);
        *out |= 1; /* 0 means none */
    }
    return result;
}

static int wait_answer(struct peer *peer, uint64_t deadline,
                       struct popcorn_error *error)
{
    struct peer_answer answer;
    uint8_t mac[32];
    int result = peer_receive(peer->fd, &answer, sizeof answer, deadline);

    if (result != 0 || (result = prove_answer(peer, &answer, mac)) != 0) {
        return say_lost(error, result);
    }
    if (!peer_same(mac, answer.proof)) {
        return say(error, -EPROTO, "its answer was changed on the way");
    }
    if (answer.refused != 0) {
        answer.text[sizeof answer.text - 1] = '\0';
        error->code = -EACCES;
        snprintf(error->text, sizeof error->text, "it refused: %s",
                 answer.text);
        return -EACCES;
    }
    return 0;
}

int peer_start_client(struct peer *peer, int config_fd, const void *image,
                      uint64_t image_bytes, struct popcorn_error *error)
{
    uint64_t deadline = peer_deadline(PEER_START_MS);
    struct peer_request request = {.image_bytes = image_bytes};
    struct stat status;
    uint8_t *config;
    int result;

    if (fstat(config_fd, &status) != 0 || status.st_size > PEER_CONFIG_MAX) {
        return say(error, -EINVAL, "the configuration is too long");
    }
    request.config_bytes = (uint32_t)status.st_size;
    config = malloc(request.config_bytes + 1);
    if (config == NULL ||
        pread(config_fd, config, request.config_bytes, 0) != status.st_size ||
        EVP_Digest(image, image_bytes, request.image_sha256, NULL, EVP_sha256(),
                   NULL) != 1) {
        free(config);
        return say_lost(error, -ENOMEM);
    }
    if ((result = prove_request(peer, &request, config, request.proof)) != 0 ||
        (result = peer_send(peer->fd, &request, sizeof request, deadline)) !=
            0 ||
        (result = peer_send(peer->fd, config, request.config_bytes,
                            deadline)) != 0 ||
        (result = peer_send(peer->fd, image, image_bytes, deadline)) != 0) {
        free(config);
        return say_lost(error, result);
    }
    free(config);
    return wait_answer(peer, deadline, error);
}

/* A memfd with the bytes, or -errno. */
static int keep(const char *name, const void *bytes, size_t size_bytes)
{
    int fd = memfd_create(name, MFD_CLOEXEC);

    if (fd >= 0 && pwrite(fd, bytes, size_bytes, 0) != (ssize_t)size_bytes) {
        close(fd);
        return -ENOSPC;
    }
    return fd < 0 ? -errno : fd;
}

static int receive_config(struct peer *peer, const struct peer_request *request,
                          uint64_t deadline, int *config_fd,
                          struct popcorn_error *error)
{
    uint8_t mac[32], *config = malloc(request->config_bytes + 1);
    int result = config == NULL ? -ENOMEM
                                : peer_receive(peer->fd, config,
                                               request->config_bytes, deadline);

    if (result == 0) {
        result = prove_request(peer, request, config, mac);
    }
    if (result == 0 && !peer_same(mac, request->proof)) {
        free(config);
        return say(error, -EPROTO, "the request was changed on the way");
    }
    if (result == 0) {
        *config_fd = keep("popcorn-config", config, request->config_bytes);
        result = *config_fd < 0 ? *config_fd : 0;
    }
    free(config);
    return result == 0 ? 0 : say_lost(error, result);
}

static int receive_pieces(struct peer *peer, uint64_t left, uint64_t deadline,
                          int fd, EVP_MD_CTX *digest, uint8_t *piece)
{
    while (left != 0) {
        size_t size = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;
        int result = peer_receive(peer->fd, piece, size, deadline);
        if (result != 0) {
            return result;
        }
        if (write(fd, piece, size) != (ssize_t)size ||
            EVP_DigestUpdate(digest, piece, size) != 1) {
            return -ENOMEM;
        }
        left -= size;
    }
    return 0;
}

static int receive_image(struct peer *peer, const struct peer_request *request,
                         uint64_t deadline, int *image_fd,
                         struct popcorn_error *error)
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    uint8_t *piece = malloc(PIECE_BYTES), sha256[32];
    int result = -ENOMEM, fd = memfd_create("popcorn-image", MFD_CLOEXEC);

    if (fd >= 0 && digest != NULL && piece != NULL &&
        EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1) {
        result = receive_pieces(peer, request->image_bytes, deadline, fd,
                                digest, piece);
    }
    if (result == 0 && EVP_DigestFinal_ex(digest, sha256, NULL) != 1) {
        result = -ENOMEM;
    }
    EVP_MD_CTX_free(digest);
    free(piece);
    if (result == 0 && !peer_same(sha256, request->image_sha256)) {
        close(fd);
        return say(error, -EPROTO, "the image was damaged on the way");
    }
    if (result != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return say_lost(error, result);
    }
    *image_fd = fd;
    return 0;
}

int peer_start_server(struct peer *peer, int *config_fd, int *image_fd,
                      struct popcorn_error *error)
{
    uint64_t deadline = peer_deadline(PEER_START_MS);
    struct peer_request request;
    int result = peer_receive(peer->fd, &request, sizeof request, deadline);

    if (result != 0) {
        return say_lost(error, result);
    }
    if (request.config_bytes > PEER_CONFIG_MAX ||
        request.image_bytes > PEER_IMAGE_MAX || request.zero != 0) {
        return say(error, -EPROTO, "the request makes no sense");
    }
    result = receive_config(peer, &request, deadline, config_fd, error);
    if (result == 0) {
        result = receive_image(peer, &request, deadline, image_fd, error);
    }
    return result;
}

int peer_answer_start(struct peer *peer, const char *refused)
{
    struct peer_answer answer = {.refused = refused != NULL};
    int result;

    snprintf(answer.text, sizeof answer.text, "%s",
             refused == NULL ? "" : refused);
    result = prove_answer(peer, &answer, answer.proof);
    return result != 0 ? result
                       : peer_send(peer->fd, &answer, sizeof answer,
                                   peer_deadline(PEER_GREET_MS));
}
