/* Floating-point environment of x86-64 (MXCSR) in neutral form, and which ISA
 * this image is for.
 *
 * x87 is not touched: neutral code has no 80-bit type. The neutral rounding
 * modes are in MXCSR's own order; the flags differ, because MXCSR has one for
 * denormal operands that the neutral <fenv.h> does not.
 * Source: Intel SDM vol. 1, 10.2.3.
 */
#include "isa/native.h"

enum { MXCSR_FLAGS = 0x3f, MXCSR_ROUNDING_SHIFT = 13 };

static const struct {
    uint8_t neutral, mxcsr;
} flags[] = {{1, 0x01}, {2, 0x04}, {4, 0x08}, {8, 0x10}, {16, 0x20}};

extern const struct isa popcorn_isa_x86_64;
const struct isa *const popcorn_this_isa = &popcorn_isa_x86_64;

uint32_t isa_get_fpenv(void)
{
    uint32_t mxcsr;
    uint32_t result = 0;

    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (mxcsr & flags[i].mxcsr) {
            result |= flags[i].neutral;
        }
    }
    return (mxcsr >> MXCSR_ROUNDING_SHIFT & 3) << 16 | result;
}

void isa_set_fpenv(uint32_t fpenv)
{
    uint32_t mxcsr;

    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    mxcsr &= ~(uint32_t)(MXCSR_FLAGS | 3u << MXCSR_ROUNDING_SHIFT);
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (fpenv & flags[i].neutral) {
            mxcsr |= flags[i].mxcsr;
        }
    }
    mxcsr |= (fpenv >> 16 & 3) << MXCSR_ROUNDING_SHIFT;
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}
