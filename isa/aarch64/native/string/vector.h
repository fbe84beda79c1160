/* Vectors as the string functions use them (libc-musl-patched/native/string).
 *
 * A `mask` has MASK_BITS bits for each byte of a vector, the lowest for the first:
 * four, which is what one narrowing shift makes of a comparison. */
#ifndef POPCORN_ISA_STRING_VECTOR_H
#define POPCORN_ISA_STRING_VECTOR_H

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>

#define VECTOR_BYTES 16
#define MASK_BITS 4

typedef uint8x16_t vector;
typedef uint64_t mask;
#define MASK_ALL (~(mask)0)

typedef vector half_vector;

static inline half_vector half_splat8(unsigned char c)
{
    return vdupq_n_u8(c);
}

static inline half_vector load16(const void *p)
{
    return vld1q_u8(p);
}

static inline void store16(void *p, half_vector v)
{
    vst1q_u8(p, v);
}

static inline half_vector half_splat32(uint32_t c)
{
    return vreinterpretq_u8_u32(vdupq_n_u32(c));
}

/* The first bytes of it. */
static inline void store_low8(void *p, half_vector v)
{
    vst1_u8(p, vget_low_u8(v));
}

static inline vector load(const void *p)
{
    return vld1q_u8(p);
}

static inline void store(void *p, vector v)
{
    vst1q_u8(p, v);
}

static inline vector splat8(unsigned c)
{
    return vdupq_n_u8((uint8_t)c);
}

static inline vector splat32(uint32_t c)
{
    return vreinterpretq_u8_u32(vdupq_n_u32(c));
}

static inline vector equal8(vector a, vector b)
{
    return vceqq_u8(a, b);
}

static inline vector equal32(vector a, vector b)
{
    return vreinterpretq_u8_u32(
        vceqq_u32(vreinterpretq_u32_u8(a), vreinterpretq_u32_u8(b)));
}

/* The smaller of each two elements: 0 if one of them is. */
static inline vector least8(vector a, vector b)
{
    return vminq_u8(a, b);
}

static inline vector least32(vector a, vector b)
{
    return vreinterpretq_u8_u32(
        vminq_u32(vreinterpretq_u32_u8(a), vreinterpretq_u32_u8(b)));
}

static inline vector either(vector a, vector b)
{
    return vorrq_u8(a, b);
}

static inline vector both(vector a, vector b)
{
    return vandq_u8(a, b);
}

/* a without the bits of b. */
static inline vector without(vector a, vector b)
{
    return vbicq_u8(a, b);
}

static inline vector differ(vector a, vector b)
{
    return veorq_u8(a, b);
}

static inline vector plus8(vector a, vector b)
{
    return vaddq_u8(a, b);
}

/* The same 16 bytes, over and over. */
static inline vector table16(const void *p)
{
    return vld1q_u8(p);
}

/* table[index], for each byte below 16; 0 for those from 128 on. */
static inline vector look_up(vector table, vector index)
{
    return vqtbl1q_u8(table, index);
}

static inline vector high_nibbles(vector v)
{
    return vshrq_n_u8(v, 4);
}

/* Of a vector whose elements are all ones or all zeros. */
static inline mask mask_of(vector v)
{
    return vget_lane_u64(
        vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(v), 4)), 0);
}

static inline int any(vector v)
{
    return mask_of(v) != 0;
}

/* The first and the last byte of a mask that is not 0. */
static inline unsigned first(mask m)
{
    return (unsigned)__builtin_ctzll(m) / MASK_BITS;
}

static inline unsigned last(mask m)
{
    return (63u - (unsigned)__builtin_clzll(m)) / MASK_BITS;
}

/* Without its first n bytes, which the others move into the place of. */
static inline mask drop(mask m, unsigned n)
{
    return m >> (n * MASK_BITS);
}

/* Its first n bytes alone; n <= VECTOR_BYTES. */
static inline mask keep(mask m, size_t n)
{
    return n < VECTOR_BYTES ? m & (((mask)1 << (n * MASK_BITS)) - 1) : m;
}

#endif
