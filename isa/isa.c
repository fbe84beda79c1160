/* The list of ISAs and look-up in it.
 *
 * Freestanding: linked into host tools and, natively, into every member.
 */
#include "isa/isa.h"

#include <stddef.h>

#include "isa/context_offsets.h"

_Static_assert(offsetof(struct popcorn_context, pc) == CONTEXT_PC, "asm");
_Static_assert(offsetof(struct popcorn_context, sp) == CONTEXT_SP, "asm");
_Static_assert(sizeof(struct popcorn_context) == CONTEXT_BYTES, "asm");

#define ISA(folder) extern const struct isa popcorn_isa_##folder;
#include "isa/isas.def"
#undef ISA

const struct isa *const popcorn_isas[] = {
#define ISA(folder) &popcorn_isa_##folder,
#include "isa/isas.def"
#undef ISA
    NULL,
};

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
