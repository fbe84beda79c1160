/* Vectors as the string functions use them (libc-musl-patched/native/string):
 * 16 bytes at level v2, 32 at v3, 64 at v4, by the flags a file is compiled with.
 *
 * A `mask` has MASK_BITS bits for each byte of a vector, the lowest for the first. */
#ifndef POPCORN_ISA_STRING_VECTOR_H
#define POPCORN_ISA_STRING_VECTOR_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define MASK_BITS 1

#if defined(__AVX512BW__)
#define VECTOR_BYTES 64
typedef __m512i vector;
#define VECTOR_LOAD(p) _mm512_loadu_si512(p)
#define VECTOR_STORE(p, v) _mm512_storeu_si512(p, v)
#define VECTOR_SPLAT8(c) _mm512_set1_epi8((char)(c))
#define VECTOR_SPLAT32(c) _mm512_set1_epi32((int)(c))
/* No gain in searches: this level has blocks alone (stub.S). */
#define VECTOR_BLOCKS_ONLY
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
typedef __m256i vector;
#define VECTOR_LOAD(p) _mm256_loadu_si256((const __m256i_u *)(p))
#define VECTOR_STORE(p, v) _mm256_storeu_si256((__m256i_u *)(p), v)
#define VECTOR_SPLAT8(c) _mm256_set1_epi8((char)(c))
#define VECTOR_SPLAT32(c) _mm256_set1_epi32((int)(c))
#define VECTOR(operation) _mm256_##operation
#define VECTOR_WHOLE(operation) _mm256_##operation##_si256
#else
#define VECTOR_BYTES 16
typedef __m128i vector;
#define VECTOR_LOAD(p) _mm_loadu_si128((const __m128i_u *)(p))
#define VECTOR_STORE(p, v) _mm_storeu_si128((__m128i_u *)(p), v)
#define VECTOR_SPLAT8(c) _mm_set1_epi8((char)(c))
#define VECTOR_SPLAT32(c) _mm_set1_epi32((int)(c))
#define VECTOR(operation) _mm_##operation
#define VECTOR_WHOLE(operation) _mm_##operation##_si128
#endif

typedef __m128i half_vector;

static inline half_vector load16(const void *p)
{
    return _mm_loadu_si128((const __m128i_u *)p);
}

static inline void store16(void *p, half_vector v)
{
    _mm_storeu_si128((__m128i_u *)p, v);
}

static inline half_vector half_splat8(unsigned char c)
{
    return _mm_set1_epi8((char)c);
}

static inline half_vector half_splat32(uint32_t c)
{
    return _mm_set1_epi32((int)c);
}

/* The first bytes of it. */
static inline void store_low8(void *p, half_vector v)
{
    _mm_storel_epi64((__m128i_u *)p, v);
}

static inline vector load(const void *p)
{
    return VECTOR_LOAD(p);
}

static inline void store(void *p, vector v)
{
    VECTOR_STORE(p, v);
}

static inline vector splat8(unsigned c)
{
    return VECTOR_SPLAT8(c);
}

static inline vector splat32(uint32_t c)
{
    return VECTOR_SPLAT32(c);
}

/* Processors of level v4 copy what does not fit the first cache faster by
 * microcode, until it does not fit the second either. */
#if VECTOR_BYTES == 64
#define REPEAT_MOVE_BYTES (24u << 10)
#define REPEAT_MOVE_LIMIT (768u << 10)

static inline void repeat_move(char *to, const char *from, size_t n)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
}
#endif

#if VECTOR_BYTES < 64
typedef uint32_t mask;
#define MASK_ALL ((mask)((UINT64_C(1) << VECTOR_BYTES) - 1))

static inline vector equal8(vector a, vector b)
{
    return VECTOR(cmpeq_epi8)(a, b);
}

static inline vector equal32(vector a, vector b)
{
    return VECTOR(cmpeq_epi32)(a, b);
}

/* The smaller of each two elements: 0 if one of them is. */
static inline vector least8(vector a, vector b)
{
    return VECTOR(min_epu8)(a, b);
}

static inline vector least32(vector a, vector b)
{
    return VECTOR(min_epu32)(a, b);
}

static inline vector either(vector a, vector b)
{
    return VECTOR_WHOLE(or)(a, b);
}

static inline vector both(vector a, vector b)
{
    return VECTOR_WHOLE(and)(a, b);
}

/* a without the bits of b. */
static inline vector without(vector a, vector b)
{
    return VECTOR_WHOLE(andnot)(b, a);
}

static inline vector differ(vector a, vector b)
{
    return VECTOR_WHOLE(xor)(a, b);
}

static inline vector plus8(vector a, vector b)
{
    return VECTOR(add_epi8)(a, b);
}

/* The same 16 bytes, over and over. */
static inline vector table16(const void *p)
{
#if VECTOR_BYTES == 32
    return _mm256_broadcastsi128_si256(load16(p));
#else
    return load16(p);
#endif
}

/* table[index], for each byte below 16; 0 for those from 128 on. */
static inline vector look_up(vector table, vector index)
{
    return VECTOR(shuffle_epi8)(table, index);
}

static inline vector high_nibbles(vector v)
{
    return both(VECTOR(srli_epi16)(v, 4), splat8(0x0f));
}

/* Of a vector whose elements are all ones or all zeros. */
static inline mask mask_of(vector v)
{
    return (mask)VECTOR(movemask_epi8)(v);
}

static inline int any(vector v)
{
    return mask_of(v) != 0;
}

/* The first and the last byte of a mask that is not 0. */
static inline unsigned first(mask m)
{
    return (unsigned)__builtin_ctz(m);
}

static inline unsigned last(mask m)
{
    return 31u - (unsigned)__builtin_clz(m);
}

/* Without its first n bytes, which the others move into the place of. */
static inline mask drop(mask m, unsigned n)
{
    return m >> n;
}

/* Its first n bytes alone; n <= VECTOR_BYTES. */
static inline mask keep(mask m, size_t n)
{
    return m & (mask)((UINT64_C(1) << n) - 1);
}

/* The same of 16 bytes. Code that uses these alone needs no vzeroupper, which is a
 * good part of a short call. */
#if VECTOR_BYTES == 32
#define HALF_FIRST
#define HALF_BYTES 16
#define HALF_ALL ((mask)0xffff)

static inline half_vector half_equal8(half_vector a, half_vector b)
{
    return _mm_cmpeq_epi8(a, b);
}

static inline half_vector half_equal32(half_vector a, half_vector b)
{
    return _mm_cmpeq_epi32(a, b);
}

static inline half_vector half_least8(half_vector a, half_vector b)
{
    return _mm_min_epu8(a, b);
}

static inline half_vector half_least32(half_vector a, half_vector b)
{
    return _mm_min_epu32(a, b);
}

static inline half_vector half_differ(half_vector a, half_vector b)
{
    return _mm_xor_si128(a, b);
}

static inline mask half_mask_of(half_vector v)
{
    return (mask)_mm_movemask_epi8(v);
}
#endif
#endif

#endif
