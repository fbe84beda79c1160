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
#if VECTOR_BYTES == 64
    if (UNLIKELY(n >= 32)) {
        __m256i v = _mm256_set1_epi8((char)c);
        _mm256_storeu_si256((__m256i_u *)to, v);
        _mm256_storeu_si256((__m256i_u *)(to + n - 32), v);
        return;
    }
#endif
#if VECTOR_BYTES > 16
    if (UNLIKELY(n >= 16)) {
        half_vector v = half_splat8((unsigned char)c);
        store16(to, v);
        store16(to + n - 16, v);
        return;
    }
#endif
    uint64_t all = (unsigned char)c * UINT64_C(0x0101010101010101);
    if (UNLIKELY(n >= 8)) {
        store64(to, all);
        store64(to + n - 8, all);
    } else if (UNLIKELY(n >= 4)) {
        store32(to, (uint32_t)all);
        store32(to + n - 4, (uint32_t)all);
    } else if (UNLIKELY(n > 1)) {
        store_short(to, (uint16_t)all);
        store_short(to + n - 2, (uint16_t)all);
    } else if (n == 1) {
        *to = (char)c;
    }
}

#endif
