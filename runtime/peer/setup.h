/* The bytes of a set-up, little-endian, and the proofs in them (docs/formats.md,
 * "popcornd's set-up"): between the files of this room. */
#ifndef POPCORN_PEER_SETUP_H
#define POPCORN_PEER_SETUP_H

#include <stddef.h>
#include <stdint.h>

#define PEER_SETUP_VERSION 1
#define PEER_CONFIG_MAX (256u << 10)
#define PEER_IMAGE_MAX (1ull << 30)

struct peer_greeting {
    char magic[8]; /* "POPCORND" */
    uint16_t setup_version;
    uint16_t message_version; /* POPCORN_PROTOCOL_VERSION */
    uint32_t abi_version;     /* POPCORN_ABI_VERSION */
    char release[16];         /* POPCORN_VERSION, NUL-terminated */
    char isa[16];             /* popcornd: what it runs; else zeros */
    uint8_t nonce[32];
};

struct peer_answer {
    uint32_t refused; /* 0: yes */
    char text[124];   /* why not, NUL-terminated */
    uint8_t proof[32];
};

struct peer_request {
    uint32_t config_bytes, zero;
    uint64_t image_bytes;
    uint8_t image_sha256[32];
    uint8_t proof[32]; /* over the fields before it and the configuration */
};

_Static_assert(sizeof(struct peer_greeting) == 80, "greeting is fixed");
_Static_assert(sizeof(struct peer_answer) == 160, "answer is fixed");
_Static_assert(sizeof(struct peer_request) == 80, "request is fixed");

struct peer_part {
    const void *bytes;
    size_t size_bytes;
};
/* greet.c: HMAC-SHA256 of a label (with its NUL) and the parts. 0 or -ENOMEM. */
int peer_mac(const uint8_t key[32], const char *label,
             const struct peer_part *parts, unsigned count, uint8_t mac[32]);
/* Equal, in constant time. */
int peer_same(const uint8_t a[32], const uint8_t b[32]);

#endif
