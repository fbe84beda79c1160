/* A read-only, bounds-checked view of a 64-bit little-endian ELF file in
 * memory.
 *
 * For files that may be truncated or hostile: every access checks against the
 * file's size and copies out (an image inside another file need not be
 * aligned).  Knows no ISA: e_machine is only reported.
 */
#ifndef POPCORN_LINKER_ELF_VIEW_H
#define POPCORN_LINKER_ELF_VIEW_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

struct elf_view {
    const char *name; /* for messages */
    const uint8_t *bytes;
    uint64_t size_bytes;
    Elf64_Ehdr header;
};

struct elf_symbols {
    const uint8_t *entries;
    uint64_t count;
    const char *strings;
    uint64_t strings_bytes;
};

/* Records the first error and returns `code` (a negative errno). */
__attribute__((format(printf, 3, 4))) int
elf_fail(struct popcorn_error *error, int code, const char *format, ...);

/* Checks the ELF header and that both header tables lie inside the file.
 * -ENOEXEC if it is not 64-bit little-endian ELF, -EBADMSG if truncated. */
int elf_view_open(struct elf_view *view, const char *name, const void *bytes,
                  uint64_t size_bytes, struct popcorn_error *error);

/* Copies out header `index`; false if there is none. */
bool elf_view_section(const struct elf_view *view, unsigned index,
                      Elf64_Shdr *section);
bool elf_view_segment(const struct elf_view *view, unsigned index,
                      Elf64_Phdr *segment);

/* Bytes of a section; NULL if they are not all in the file (or NOBITS). */
const uint8_t *elf_view_data(const struct elf_view *view,
                             const Elf64_Shdr *section);

/* A section's name; "" if it has none that can be read. */
const char *elf_view_section_name(const struct elf_view *view,
                                  const Elf64_Shdr *section);

/* Finds a section by name: its index, or 0. */
unsigned elf_view_find(const struct elf_view *view, const char *name,
                       Elf64_Shdr *section);

/* Opens .symtab; a file without one gives zero symbols. -EBADMSG if corrupt. */
int elf_view_symbols(const struct elf_view *view, struct elf_symbols *symbols,
                     struct popcorn_error *error);
Elf64_Sym elf_symbol(const struct elf_symbols *symbols, uint64_t index);
const char *elf_symbol_name(const struct elf_symbols *symbols,
                            const Elf64_Sym *symbol);

/* Maps a whole file read-only: 0 or -errno. Release with munmap. */
int elf_map_file(const char *path, const uint8_t **bytes, uint64_t *size_bytes,
                 struct popcorn_error *error);

#ifdef __cplusplus
}
#endif
#endif
