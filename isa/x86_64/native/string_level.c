/* The highest level of the string functions (isa.def) that this processor and its
 * kernel have, from 0.  Source: Intel's manual, volume 1, 14.7.1 and 15.2: detection
 * of AVX2 and AVX-512. */
#include <cpuid.h>
#include <stdbool.h>
#include <stdint.h>

#include "string_level.h"

#define XCR0_AVX 0x06u    /* the kernel saves SSE's and AVX's registers */
#define XCR0_AVX512 0xe6u /* and AVX-512's */

static uint32_t xcr0(void)
{
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static bool has(unsigned word, unsigned bits)
{
    return (word & bits) == bits;
}

static unsigned find_level(void)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) ||
        !has(c, bit_OSXSAVE | bit_AVX | bit_MOVBE | bit_FMA) ||
        !has(xcr0(), XCR0_AVX) || !__get_cpuid(0x80000001, &a, &b, &c, &d) ||
        !has(c, bit_LZCNT) || !__get_cpuid_count(7, 0, &a, &b, &c, &d) ||
        !has(b, bit_AVX2 | bit_BMI | bit_BMI2)) {
        return 0;
    }
    return has(b, bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ |
                      bit_AVX512VL | bit_ENH_MOVSB) &&
                   has(xcr0(), XCR0_AVX512)
               ? 2
               : 1;
}

unsigned x86_64_string_level(void)
{
    static unsigned known; /* 1 + the level; a hypervisor may make cpuid slow */
    unsigned level = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (level == 0) {
        level = 1 + find_level();
        __atomic_store_n(&known, level, __ATOMIC_RELAXED);
    }
    return level - 1;
}
