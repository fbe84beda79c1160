/* What the characters of a string are: bytes, or with ELEMENT_BITS 32 those of
 * wchar_t, whose strings are aligned to 4. */
#ifndef POPCORN_NATIVE_STRING_ELEMENT_H
#define POPCORN_NATIVE_STRING_ELEMENT_H

#include "libc-musl-patched/native/string/string.h"

#if ELEMENT_BITS == 32
typedef uint32_t element;
#define FUNCTION(narrow, wide) NAME(wide)
#else
typedef unsigned char element;
#define FUNCTION(narrow, wide) NAME(narrow)
#endif

static inline vector splat(element c)
{
    return ELEMENT_BITS == 32 ? splat32(c) : splat8(c);
}

static inline vector equal(vector a, vector b)
{
    return ELEMENT_BITS == 32 ? equal32(a, b) : equal8(a, b);
}

static inline vector least(vector a, vector b)
{
    return ELEMENT_BITS == 32 ? least32(a, b) : least8(a, b);
}

/* Bytes of n elements, or more than there are. */
static inline size_t bytes_of(size_t n)
{
    size_t most = SIZE_MAX / sizeof(element);
    return (n < most ? n : most) * sizeof(element);
}

#ifdef HALF_FIRST
static inline half_vector half_splat(element c)
{
    return ELEMENT_BITS == 32 ? half_splat32(c) : half_splat8((unsigned char)c);
}

static inline half_vector half_equal(half_vector a, half_vector b)
{
    return ELEMENT_BITS == 32 ? half_equal32(a, b) : half_equal8(a, b);
}

static inline half_vector half_least(half_vector a, half_vector b)
{
    return ELEMENT_BITS == 32 ? half_least32(a, b) : half_least8(a, b);
}
#endif

#endif
