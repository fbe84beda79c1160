/* The checksum of thread states and frame maps: two changes do not cancel, and
 * its results are the same on every ISA and at every alignment (run on each). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/stack/checksum.h"

enum { WORDS = 600, FAR = 160 };

static int failures;

static void expect(int condition, const char *what, unsigned long detail)
{
    if (!condition) {
        fprintf(stderr, "FAIL: %s (%lu)\n", what, detail);
        failures++;
    }
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void fill(uint64_t *words, unsigned kind)
{
    uint64_t state = 88172645463325252u;

    for (unsigned i = 0; i < WORDS; i++) {
        words[i] = kind == 0 ? 0 : kind == 1 ? i : next_random(&state);
    }
}

/* Each pair of differences, at each distance, from several places. */
static void pairs(void)
{
    static const uint64_t differences[][2] = {
        {1, 1},
        {UINT64_MAX, UINT64_MAX},
        {UINT64_C(1) << 63, UINT64_C(1) << 63},
        /* what one step of the sum before this one made of the first */
        {UINT64_C(1) << 63, UINT64_C(1) << 63 | UINT64_C(1) << 31},
        {UINT64_C(1) << 31, UINT64_C(1) << 31},
        {UINT64_C(0x123456789abcdef), UINT64_C(0x123456789abcdef)}};
    static const unsigned sizes[] = {8, 20, 128, WORDS};
    static uint64_t words[WORDS];

    for (unsigned kind = 0; kind < 3; kind++) {
        for (unsigned s = 0; s < 4; s++) {
            unsigned count = sizes[s];
            uint64_t right;

            fill(words, kind);
            right = checksum64(words, count * 8);
            for (unsigned at = 0; at < count; at += at < 20 ? 1 : 29) {
                for (unsigned to = at + 1; to < count && to < at + FAR; to++) {
                    for (unsigned d = 0; d < 6; d++) {
                        words[at] ^= differences[d][0];
                        words[to] ^= differences[d][1];
                        expect(checksum64(words, count * 8) != right,
                               "two changes cancel, words apart", to - at);
                        words[at] ^= differences[d][0];
                        words[to] ^= differences[d][1];
                    }
                }
            }
        }
    }
}

/* A header and a body that are alike, and are changed alike. */
static void headed(void)
{
    uint64_t words[17];
    uint64_t right;

    memset(words, 0, sizeof words);
    right = checksum64_headed(words, sizeof words, words, sizeof words);
    words[3] = 5;
    expect(checksum64_headed(words, sizeof words, words, sizeof words) != right,
           "a change of header and body cancels", 0);
}

/* One number for all sizes and alignments: it is the format's. */
static void same_everywhere(void)
{
    static uint8_t bytes[2 * WORDS], moved[2 * WORDS + 8];
    uint64_t state = 1, all = 0;

    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)next_random(&state);
    }
    for (unsigned size = 0; size <= sizeof bytes; size++) {
        uint64_t sum = checksum64(bytes, size);

        for (unsigned by = 1; by < 8; by++) {
            memcpy(moved + by, bytes, size);
            expect(checksum64(moved + by, size) == sum, "alignment", size);
        }
        all = all * 31 + sum;
    }
    expect(all == UINT64_C(16502812664760911520),
           "another checksum than the format's", all);
}

int main(void)
{
    pairs();
    headed();
    same_everywhere();
    return failures != 0;
}
