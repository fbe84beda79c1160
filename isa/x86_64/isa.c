/* x86-64 as data. The call instruction pushes the return address, so at any
 * call site it is the word below the callee's CFA. */
#include "isa/isa.h"

extern const struct isa popcorn_isa_x86_64;

static const struct isa_reg regs[] = {
#define REG(name, dwarf, slot, saved) {name, dwarf, slot, saved},
#include "isa/x86_64/regs.def"
#undef REG
};

const struct isa popcorn_isa_x86_64 = {
    .name = "x86_64",
    .triple = "x86_64-linux-musl",
    .elf_machine = 62, /* EM_X86_64 */
    .reg_count = sizeof regs / sizeof regs[0],
    .regs = regs,
    .sp_dwarf_reg = 7,
    .ra_dwarf_reg = 16,
    .result_slot = 0,
    .argument_slot = 5, /* rdi */
    .ra_offset_from_cfa = -8,
    .stack_align = 16,
};
