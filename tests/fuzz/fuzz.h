/* Shared by the fuzz targets (README.md).  A target is a file NAME_fuzz.c with
 * the three functions here; the engine, which is libFuzzer, calls them. */
#ifndef POPCORN_TESTS_FUZZ_H
#define POPCORN_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* --- a target has --- */
/* Once, before the first input. */
void fuzz_start(void);
/* One input; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);
/* Calls fuzz_seed() for each input that the search begins with. */
void fuzz_seeds(void);

/* --- and may use --- */
void fuzz_seed(const char *name, const void *bytes, size_t size_bytes);
/* The folder that seeds go to, for those that a program makes. */
const char *fuzz_seed_folder(void);
/* Which of the first 64 descriptors are open: none may stay open. */
uint64_t fuzz_open_files(void);
/* A test that cannot be run here: says why, ends with status 77. */
_Noreturn void fuzz_skip(const char *why);

/* What must hold whatever the input is. The engine's report has the line. */
#define MUST(condition)                                                        \
    do {                                                                       \
        if (!(condition)) {                                                    \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* An input is read from the front; behind its end there are zeros. */
struct fuzz_input {
    const uint8_t *next;
    size_t left;
};

static inline uint8_t fuzz_byte(struct fuzz_input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->next++;
}

/* Little-endian. */
static inline uint64_t fuzz_number(struct fuzz_input *input, unsigned bytes)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < bytes; i++) {
        number |= (uint64_t)fuzz_byte(input) << 8 * i;
    }
    return number;
}

/* Up to `wanted` bytes of it; where they are. */
static inline const uint8_t *fuzz_bytes(struct fuzz_input *input,
                                        size_t *wanted)
{
    const uint8_t *bytes = input->next;

    *wanted = *wanted < input->left ? *wanted : input->left;
    input->next += *wanted;
    input->left -= *wanted;
    return bytes;
}

/* A seed under way. */
struct fuzz_output {
    size_t used;
    uint8_t bytes[16384];
};

static inline void fuzz_put(struct fuzz_output *output, const void *bytes,
                            size_t size_bytes)
{
    MUST(size_bytes <= sizeof output->bytes - output->used);
    memcpy(output->bytes + output->used, bytes, size_bytes);
    output->used += size_bytes;
}

static inline void fuzz_put_number(struct fuzz_output *output, uint64_t number,
                                   unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        uint8_t byte = (uint8_t)(number >> 8 * i);

        fuzz_put(output, &byte, 1);
    }
}

#endif
