/* Places TLS blocks.  Native, because the sizes are linker-defined symbols and
 * the main thread's block exists before libc runs; the same code on every ISA,
 * because the layout is (tls.h).
 */
#include "libc-musl-patched/native/tls.h"
#include "isa/libc_entry.h"
#include "isa/native.h"
#include "isa/neutral/abi.h"
#include "runtime/base/align.h"

/* Defined by the aligner: the TLS image, and three absolute symbols whose
 * "address" is the number. Weak, for the compiler takes any other address to be
 * different from 0. */
extern const uint64_t __popcorn_tls_start[];
extern const char __popcorn_tls_file_size[] __attribute__((weak));
extern const char __popcorn_tls_size[] __attribute__((weak));
extern const char __popcorn_tls_align[] __attribute__((weak));

#define ISA_WORDS_BYTES 64

uint64_t popcorn_tls_alignment(void)
{
    uint64_t align = (uint64_t)(uintptr_t)__popcorn_tls_align;

    return align < 1 ? 1 : align;
}

uint64_t popcorn_tls_extent(void)
{
    return round_up((uint64_t)(uintptr_t)__popcorn_tls_size,
                    popcorn_tls_alignment());
}

uint64_t popcorn_tls_bytes(void)
{
    return POPCORN_TLS_BEFORE + POPCORN_TLS_MAX_ALIGN +
           round_up(popcorn_tls_extent(), 64) + ISA_WORDS_BYTES;
}

void popcorn_tls_reset(void *block)
{
    char *to = block;
    const char *image = (const char *)__popcorn_tls_start;
    uint64_t file_bytes = (uint64_t)(uintptr_t)__popcorn_tls_file_size;
    uint64_t bytes = (uint64_t)(uintptr_t)__popcorn_tls_size;

    for (uint64_t i = 0; i < file_bytes; i++) {
        to[i] = image[i];
    }
    for (uint64_t i = file_bytes; i < bytes; i++) {
        to[i] = 0;
    }
}

void *popcorn_tls_place(void *memory)
{
    char *block = (char *)(uintptr_t)round_up((uint64_t)(uintptr_t)memory +
                                                  POPCORN_TLS_BEFORE,
                                              POPCORN_TLS_MAX_ALIGN);
    uint64_t *words = __builtin_assume_aligned(block - POPCORN_TLS_BEFORE,
                                               POPCORN_TLS_MAX_ALIGN);
    uint64_t total = POPCORN_TLS_BEFORE + round_up(popcorn_tls_extent(), 64) +
                     ISA_WORDS_BYTES;

    for (uint64_t i = 0; i < total / 8; i++) {
        words[i] = 0;
    }
    popcorn_tls_reset(block);
    return block;
}

void *popcorn_tls_init_main(void *memory)
{
    static const char message[] =
        "popcorn: error: a thread-local variable asks for more than 64-byte "
        "alignment, which the neutral TLS layout does not have. Align it to "
        "64 bytes or less.\n";

    if (popcorn_tls_alignment() > POPCORN_TLS_MAX_ALIGN) {
        isa_syscall(NEUTRAL_write, 2, (long)(uintptr_t)message,
                    sizeof message - 1, 0, 0, 0);
        isa_syscall(NEUTRAL_exit_group, 127, 0, 0, 0, 0, 0);
    }
    return popcorn_tls_place(memory);
}
