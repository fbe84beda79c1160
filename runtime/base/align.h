/* Rounding of sizes and addresses. */
#ifndef POPCORN_BASE_ALIGN_H
#define POPCORN_BASE_ALIGN_H

#include <stdint.h>

/* To a multiple of `align`, a power of two. */
static inline uint64_t round_up(uint64_t value, uint64_t align)
{
    return (value + align - 1) & ~(align - 1);
}

#endif
