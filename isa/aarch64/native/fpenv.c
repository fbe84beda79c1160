/* Floating-point environment of AArch64 (FPCR, FPSR) in neutral form.
 *
 * The neutral exception flags are FPSR's cumulative bits. The neutral rounding
 * modes swap FPCR's 1 (up) and 2 (down).
 * Source: Arm Architecture Reference Manual, FPCR and FPSR.
 */
#include "isa/native.h"

enum { FPSR_FLAGS = 0x1f, FPCR_ROUNDING_SHIFT = 22 };

static const uint8_t swap_up_down[4] = {0, 2, 1, 3};

uint32_t isa_get_fpenv(void)
{
    uint64_t fpcr, fpsr;

    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    __asm__ volatile("mrs %0, fpsr" : "=r"(fpsr));
    return (uint32_t)swap_up_down[fpcr >> FPCR_ROUNDING_SHIFT & 3] << 16 |
           (uint32_t)(fpsr & FPSR_FLAGS);
}

void isa_set_fpenv(uint32_t fpenv)
{
    uint64_t fpcr, fpsr;

    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    __asm__ volatile("mrs %0, fpsr" : "=r"(fpsr));
    fpcr &= ~(UINT64_C(3) << FPCR_ROUNDING_SHIFT);
    fpcr |= (uint64_t)swap_up_down[fpenv >> 16 & 3] << FPCR_ROUNDING_SHIFT;
    fpsr = (fpsr & ~(uint64_t)FPSR_FLAGS) | (fpenv & FPSR_FLAGS);
    __asm__ volatile("msr fpcr, %0" : : "r"(fpcr));
    __asm__ volatile("msr fpsr, %0" : : "r"(fpsr));
}
