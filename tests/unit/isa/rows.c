/* Each row of the table of ISAs is whole, and agrees with itself and the others. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "isa/isa.h"

static bool failed;

static void check(const struct isa *isa, bool holds, const char *what)
{
    if (!holds) {
        printf("isa/%s/isa.def: %s\n", isa->name, what);
        failed = true;
    }
}

static const struct isa_reg *by_number(const struct isa *isa,
                                       uint16_t dwarf_reg)
{
    for (unsigned i = 0; i < isa->reg_count; i++) {
        if (isa->regs[i].dwarf_reg == dwarf_reg) {
            return &isa->regs[i];
        }
    }
    return NULL;
}

static const struct isa_reg *by_slot(const struct isa *isa, uint16_t slot)
{
    for (unsigned i = 0; i < isa->reg_count; i++) {
        if (isa->regs[i].slot == slot) {
            return &isa->regs[i];
        }
    }
    return NULL;
}

static bool is_scratch(const struct isa *isa, uint16_t slot)
{
    const struct isa_reg *reg = by_slot(isa, slot);

    return reg != NULL && reg->callee_saved == 0;
}

static void check_registers(const struct isa *isa)
{
    for (unsigned i = 0; i < isa->reg_count; i++) {
        const struct isa_reg *reg = &isa->regs[i];

        check(isa, by_number(isa, reg->dwarf_reg) == reg,
              "two registers have one DWARF number");
        check(isa, by_slot(isa, reg->slot) == reg,
              "two registers have one slot");
        check(isa, reg->slot < ISA_MAX_REGS, "a slot is too large");
        check(isa, reg->callee_saved == 0 || reg->callee_saved == 8,
              "a register is kept in part");
    }
}

static void check_row(const struct isa *isa)
{
    const struct isa_reg *sp = by_number(isa, isa->sp_dwarf_reg);
    const struct isa_reg *ra = by_number(isa, isa->ra_dwarf_reg);
    size_t length = strlen(isa->name);

    check(isa, length < 16, "the name is too long (manifest.h, config.h)");
    check(isa, isa->triple != NULL && !strncmp(isa->triple, isa->name, length),
          "TRIPLE does not start with the name of the ISA");
    check(isa, isa->elf_machine != 0, "no ELF_MACHINE");
    check(isa, popcorn_isa_by_elf_machine(isa->elf_machine) == isa,
          "ELF_MACHINE is that of another");
    check(isa, popcorn_isa_by_name(isa->name) == isa,
          "isas.def has the name twice");
    check(isa, sp != NULL && sp->callee_saved == 0,
          "sp_dwarf_reg is no register, or one of those kept in a frame");
    check(isa, is_scratch(isa, isa->result_slot), "result_slot is kept");
    check(isa, is_scratch(isa, isa->argument_slot), "argument_slot is kept");
    check(isa, isa->ra_offset_from_cfa != 0 || (ra && ra->callee_saved != 0),
          "the return address is in no register that a frame keeps");
    check(isa, isa->stack_align == 16,
          "stack_align: 16 is what the stubs keep");
    check(isa, isa->userfault_kernel != NULL, "no userfault_kernel");
    check_registers(isa);
}

int main(void)
{
    unsigned count = 0;

    while (popcorn_isas[count] != NULL) {
        check_row(popcorn_isas[count++]);
    }
    printf("%u ISAs\n", count);
    return failed || count < 2;
}
