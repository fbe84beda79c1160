/* Floating-point environment of x86-64 in neutral form.
 *
 * Arithmetic is MXCSR's, but compiler-rt's binary128 functions ask x87's control
 * word for the rounding mode and raise flags in x87's status word. So the mode
 * is set in both, and the flags are those of both, kept in MXCSR.
 * The neutral rounding modes are in the order of both registers; the flags
 * differ, because both have one for denormal operands that the neutral <fenv.h>
 * does not. Source: Intel SDM vol. 1, 8.1.3, 8.1.5, 10.2.3.
 */
#include "isa/native.h"

enum { FLAGS = 0x3f, MXCSR_ROUNDING_SHIFT = 13, X87_ROUNDING_SHIFT = 10 };

static const struct {
    uint8_t neutral, native;
} flags[] = {{1, 0x01}, {2, 0x04}, {4, 0x08}, {8, 0x10}, {16, 0x20}};

uint32_t isa_get_fpenv(void)
{
    uint32_t mxcsr;
    uint16_t x87_status;
    uint32_t result = 0;

    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    __asm__ volatile("fnstsw %0" : "=m"(x87_status));
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if ((mxcsr | x87_status) & flags[i].native) {
            result |= flags[i].neutral;
        }
    }
    return (mxcsr >> MXCSR_ROUNDING_SHIFT & 3) << 16 | result;
}

void isa_set_fpenv(uint32_t fpenv)
{
    uint32_t mxcsr;
    uint32_t mode = fpenv >> 16 & 3;
    uint16_t x87_control;

    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    mxcsr &= ~(uint32_t)(FLAGS | 3u << MXCSR_ROUNDING_SHIFT);
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (fpenv & flags[i].neutral) {
            mxcsr |= flags[i].native;
        }
    }
    mxcsr |= mode << MXCSR_ROUNDING_SHIFT;
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
    __asm__ volatile("fnclex");
    __asm__ volatile("fnstcw %0" : "=m"(x87_control));
    x87_control = (uint16_t)((x87_control & ~(3u << X87_ROUNDING_SHIFT)) |
                             mode << X87_ROUNDING_SHIFT);
    __asm__ volatile("fldcw %0" : : "m"(x87_control));
}
