/* AArch64 as data. The call instruction leaves the return address in x30; a
 * function that calls saves it in its frame like a callee-saved register. */
#include "isa/isa.h"

extern const struct isa popcorn_isa_aarch64;

static const struct isa_reg regs[] = {
#define REG(name, dwarf, slot, saved) {name, dwarf, slot, saved},
#include "isa/aarch64/regs.def"
#undef REG
};

const struct isa popcorn_isa_aarch64 = {
    .name = "aarch64",
    .triple = "aarch64-linux-musl",
    .elf_machine = 183, /* EM_AARCH64 */
    .reg_count = sizeof regs / sizeof regs[0],
    .regs = regs,
    .sp_dwarf_reg = 31,
    .ra_dwarf_reg = 30,
    .result_slot = 0,
    .argument_slot = 0, /* x0, too */
    .ra_offset_from_cfa = 0,
    .stack_align = 16,
};
