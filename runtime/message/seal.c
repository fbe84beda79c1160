/* Sums of messages (seal.h): four lanes, so that a page takes a fraction of a
 * microsecond. Each step (exclusive or, product with an odd number, shift and
 * exclusive or) is a bijection of the lane, and so is the way of each lane into
 * the sum: one changed word always shows. */
#include "runtime/message/seal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LANES = 4 };

static uint64_t step(uint64_t lane, uint64_t word)
{
    lane = (lane ^ word) * UINT64_C(0xff51afd7ed558ccd);
    return lane ^ lane >> 32;
}

static uint64_t sum_of(const struct seal_state *state, const uint8_t *bytes,
                       size_t size_bytes)
{
    uint64_t start = step(step(state->key, state->count), size_bytes);
    uint64_t lane[LANES], sum = start, word[LANES];

    for (unsigned i = 0; i < LANES; i++) {
        lane[i] = step(start, i);
    }
    for (; size_bytes >= sizeof word; size_bytes -= sizeof word) {
        memcpy(word, bytes, sizeof word);
        for (unsigned i = 0; i < LANES; i++) {
            lane[i] = step(lane[i], word[i]);
        }
        bytes += sizeof word;
    }
    memset(word, 0, sizeof word);
    memcpy(word, bytes, size_bytes);
    for (unsigned i = 0; i < LANES; i++) {
        sum = step(sum, step(lane[i], word[i]));
    }
    return sum;
}

struct message_seal seal_make(const struct seal_state *state,
                              const void *header, size_t header_bytes,
                              const void *payload, size_t payload_bytes)
{
    return (struct message_seal){
        .sequence = (uint32_t)state->count,
        .header_sum = (uint32_t)sum_of(state, header, header_bytes),
        .payload_sum = payload_bytes == 0
                           ? 0
                           : sum_of(state, payload, payload_bytes)};
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
                       size_t payload_bytes, char *reason,
                       size_t reason_bytes)
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
