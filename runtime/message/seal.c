/* Sums of messages (seal.h): XXH3 of xxHash, whose results are the same on every
 * ISA; a page takes a fraction of a microsecond. */
#include "runtime/message/seal.h"

#include <errno.h>
#include <stdio.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static uint64_t sum_of(const struct seal_state *state, const void *bytes,
                       size_t size_bytes)
{
    const uint64_t start[2] = {state->key, state->count};

    return XXH3_64bits_withSeed(bytes, size_bytes,
                                XXH3_64bits(start, sizeof start));
}

struct message_seal seal_make(const struct seal_state *state,
                              const void *header, size_t header_bytes,
                              const void *payload, size_t payload_bytes)
{
    return (struct message_seal){
        .sequence = (uint32_t)state->count,
        .header_sum = (uint32_t)sum_of(state, header, header_bytes),
        .payload_sum =
            payload_bytes == 0 ? 0 : sum_of(state, payload, payload_bytes)};
}

int seal_check_header(const struct seal_state *state,
                      const struct message_seal *seal, const void *header,
                      size_t header_bytes, char *reason, size_t reason_bytes)
{
    if (seal->sequence != (uint32_t)state->count) {
        snprintf(reason, reason_bytes,
                 "message %u came where message %u was due: repeated, lost or "
                 "damaged on the way",
                 seal->sequence, (uint32_t)state->count);
        return -EPROTO;
    }
    if (seal->header_sum != (uint32_t)sum_of(state, header, header_bytes)) {
        snprintf(reason, reason_bytes,
                 "message %u was damaged on the way (header)", seal->sequence);
        return -EPROTO;
    }
    return 0;
}

int seal_check_payload(const struct seal_state *state,
                       const struct message_seal *seal, const void *payload,
                       size_t payload_bytes, char *reason, size_t reason_bytes)
{
    if (seal->payload_sum !=
        (payload_bytes == 0 ? 0 : sum_of(state, payload, payload_bytes))) {
        snprintf(reason, reason_bytes,
                 "message %u was damaged on the way (contents)",
                 seal->sequence);
        return -EPROTO;
    }
    return 0;
}
