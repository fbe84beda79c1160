/* What the ISA-independent code knows about an ISA: data, not code.
 *
 * Every ISA's table is in every binary (docs/architecture.md, "ISA contract").
 * A register is named by its DWARF number (`dwarf_reg`), as the psABI of the
 * ISA defines it; `slot` is its index in struct popcorn_context.
 */
#ifndef POPCORN_ISA_ISA_H
#define POPCORN_ISA_ISA_H

#include <stdint.h>

#define ISA_MAX_REGS 34 /* general registers incl. stack pointer, any ISA */

/* A thread's machine state at a migration point: general registers by slot.
 * Filled by the capture stub, loaded by the resume stub.  Node-local; never
 * sent.  Vector registers are not here: no value lives in one across a call
 * site (docs/frame-maps.md). */
struct popcorn_context {
    uint64_t reg[ISA_MAX_REGS]; /* by slot */
    uint64_t pc;                /* return address of the stub's call */
    uint64_t sp;                /* stack pointer just after that return */
};

struct isa_reg {
    const char *name;
    uint16_t dwarf_reg;
    uint8_t slot;         /* index in popcorn_context.reg */
    uint8_t callee_saved; /* bytes preserved across calls; 0: none */
};

/* A row of isas.def. */
struct isa {
    const char *name;   /* also the folder's */
    const char *triple; /* LLVM triple of the images */
    uint16_t elf_machine;
    uint16_t reg_count;
    const struct isa_reg *regs;
    uint16_t sp_dwarf_reg;
    uint16_t ra_dwarf_reg;  /* return-address column of the CFI */
    uint16_t result_slot;   /* slot of the integer result register */
    uint16_t argument_slot; /* slot of the first integer argument register */
    /* Return address at entry: in memory at CFA + ra_offset_from_cfa (pushed by
     * the call), or in a register (0: link register, saved in the frame like a
     * callee-saved register). */
    int16_t ra_offset_from_cfa;
    uint16_t stack_align;
    /* The first Linux whose userfaultfd can write-protect shared memory. */
    const char *userfault_kernel;
    const char *native_flags; /* clang's for native code, with spaces between */
};

extern const struct isa *const popcorn_isas[]; /* NULL-terminated */

/* Finds an ISA by name or ELF machine; NULL if unknown. Async-signal-safe. */
const struct isa *popcorn_isa_by_name(const char *name);
const struct isa *popcorn_isa_by_elf_machine(uint16_t elf_machine);

#endif
