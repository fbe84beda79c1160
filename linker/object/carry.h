/* An ELF relocatable with more sections in it that no link copies. */
#ifndef POPCORN_LINKER_CARRY_H
#define POPCORN_LINKER_CARRY_H

#include <stdint.h>

#include "linker/pack/elf_view.h"

struct carried_section {
    const char *name;
    const void *bytes;
    uint64_t size_bytes;
};

/* `host` with the sections (SHF_EXCLUDE) appended: its own bytes stay where they
 * are; its .debug_frame is called MULTI_OBJECT_FRAME_SECTION. Allocated, to be freed by the caller; NULL without memory. */
uint8_t *carry(const struct elf_view *host,
               const struct carried_section *sections, unsigned count,
               uint64_t *size_bytes);

#endif
