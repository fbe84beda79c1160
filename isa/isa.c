/* The table of ISAs (isas.def) and look-up in it.
 *
 * Freestanding: linked into host tools and, natively, into every member, where
 * POPCORN_NATIVE_ISA is the name of the ISA that it is compiled for.
 */
#include "isa/isa.h"

#include <stddef.h>

#include "isa/context_offsets.h"
#include "isa/native.h"

_Static_assert(offsetof(struct popcorn_context, pc) == CONTEXT_PC, "asm");
_Static_assert(offsetof(struct popcorn_context, sp) == CONTEXT_SP, "asm");
_Static_assert(sizeof(struct popcorn_context) == CONTEXT_BYTES, "asm");

/* clang-format off */
#define ISA(folder) static const struct isa_reg folder##_regs[] = {
#define REG(name, dwarf, slot, saved) {name, dwarf, slot, saved},
#define ISA_END };
#include "isa/isas.def"

#define ISA(folder)                                                            \
    _Static_assert(sizeof folder##_regs <=                                     \
                       ISA_MAX_REGS * sizeof folder##_regs[0],                 \
                   "ISA_MAX_REGS (isa.h) is too small for " #folder);          \
    static const struct isa folder##_isa = {                                   \
        .reg_count = sizeof folder##_regs / sizeof folder##_regs[0],           \
        .regs = folder##_regs,                                                 \
        .name = #folder,
#define TRIPLE(text) .triple = text,
#define ELF_MACHINE(number) .elf_machine = number,
#define FACT(field, value) .field = value,
#define NATIVE_FLAGS(text) .native_flags = text,
#define ISA_END };
#include "isa/isas.def"
/* clang-format on */

const struct isa *const popcorn_isas[] = {
#define ISA(folder) &folder##_isa,
#include "isa/isas.def"
    NULL,
};

#ifdef POPCORN_NATIVE_ISA
#define ROW_OF(name) ROW(name)
#define ROW(name) name##_isa
const struct isa *const popcorn_this_isa = &ROW_OF(POPCORN_NATIVE_ISA);
#endif

static int same_text(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

const struct isa *popcorn_isa_by_name(const char *name)
{
    for (unsigned i = 0; popcorn_isas[i] != NULL; i++) {
        if (same_text(popcorn_isas[i]->name, name)) {
            return popcorn_isas[i];
        }
    }
    return NULL;
}

const struct isa *popcorn_isa_by_elf_machine(uint16_t elf_machine)
{
    for (unsigned i = 0; popcorn_isas[i] != NULL; i++) {
        if (popcorn_isas[i]->elf_machine == elf_machine) {
            return popcorn_isas[i];
        }
    }
    return NULL;
}
