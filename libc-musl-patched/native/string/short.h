/* Copies of at most a vector, all of which is loaded before any is stored, and
 * fills of as much.  The shortest go straight through, others jump once. */
#ifndef POPCORN_NATIVE_STRING_SHORT_H
#define POPCORN_NATIVE_STRING_SHORT_H

#include "libc-musl-patched/native/string/string.h"

static inline __attribute__((always_inline)) void
move_short(char *to, const char *from, size_t n)
{
#if VECTOR_BYTES == 64
    if (UNLIKELY(n >= 32)) {
        __m256i a = _mm256_loadu_si256((const __m256i_u *)from);
        __m256i b = _mm256_loadu_si256((const __m256i_u *)(from + n - 32));
        _mm256_storeu_si256((__m256i_u *)to, a);
        _mm256_storeu_si256((__m256i_u *)(to + n - 32), b);
        return;
    }
#endif
#if VECTOR_BYTES > 16
    if (UNLIKELY(n >= 16)) {
        half_vector a = load16(from);
        half_vector b = load16(from + n - 16);
        store16(to, a);
        store16(to + n - 16, b);
        return;
    }
#endif
    if (UNLIKELY(n >= 8)) {
        uint64_t a = load64(from);
        uint64_t b = load64(from + n - 8);
        store64(to, a);
        store64(to + n - 8, b);
    } else if (UNLIKELY(n >= 4)) {
        uint32_t a = load32(from);
        uint32_t b = load32(from + n - 4);
        store32(to, a);
        store32(to + n - 4, b);
    } else if (UNLIKELY(n > 1)) {
        uint16_t a = load_short(from);
        uint16_t b = load_short(from + n - 2);
        store_short(to, a);
        store_short(to + n - 2, b);
    } else if (n == 1) {
        *to = *from;
    }
}

static inline __attribute__((always_inline)) void set_short(char *to, int c,
                                                            size_t n)
{
    half_vector v = splat16((unsigned char)c);
#if VECTOR_BYTES == 64
    if (UNLIKELY(n >= 32)) {
        __m256i both_halves = _mm256_broadcastsi128_si256(v);
        _mm256_storeu_si256((__m256i_u *)to, both_halves);
        _mm256_storeu_si256((__m256i_u *)(to + n - 32), both_halves);
        return;
    }
#endif
#if VECTOR_BYTES > 16
    if (UNLIKELY(n >= 16)) {
        store16(to, v);
        store16(to + n - 16, v);
        return;
    }
#endif
    if (UNLIKELY(n >= 8)) {
        store_low8(to, v);
        store_low8(to + n - 8, v);
    } else if (UNLIKELY(n >= 4)) {
        store_low4(to, v);
        store_low4(to + n - 4, v);
    } else if (UNLIKELY(n > 1)) {
        store_low2(to, v);
        store_low2(to + n - 2, v);
    } else if (n == 1) {
        *to = (char)c;
    }
}

#endif
