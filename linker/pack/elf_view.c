/* See elf_view.h. */
#include "linker/pack/elf_view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int elf_fail(struct popcorn_error *error, int code, const char *format, ...)
{
    if (error != NULL && error->text[0] == '\0') {
        va_list args;
        va_start(args, format);
        vsnprintf(error->text, sizeof(error->text), format, args);
        va_end(args);
        error->code = code;
    }
    return code;
}

static bool inside(const struct elf_view *view, uint64_t offset, uint64_t bytes)
{
    return offset <= view->size_bytes && bytes <= view->size_bytes - offset;
}

int elf_view_open(struct elf_view *view, const char *name, const void *bytes,
                  uint64_t size_bytes, struct popcorn_error *error)
{
    *view = (struct elf_view){
        .name = name, .bytes = bytes, .size_bytes = size_bytes};
    if (size_bytes < sizeof(view->header) ||
        memcmp(bytes, ELFMAG, SELFMAG) != 0) {
        return elf_fail(error, -ENOEXEC, "%s: not an ELF file", name);
    }
    memcpy(&view->header, bytes, sizeof(view->header));
    const Elf64_Ehdr *header = &view->header;
    if (header->e_ident[EI_CLASS] != ELFCLASS64 ||
        header->e_ident[EI_DATA] != ELFDATA2LSB) {
        return elf_fail(error, -ENOEXEC,
                        "%s: not a 64-bit little-endian ELF file", name);
    }
    if (header->e_shnum != 0 &&
        (header->e_shentsize != sizeof(Elf64_Shdr) ||
         !inside(view, header->e_shoff,
                 (uint64_t)header->e_shnum * sizeof(Elf64_Shdr)))) {
        return elf_fail(error, -EBADMSG,
                        "%s: truncated or corrupt: section headers are outside "
                        "the file",
                        name);
    }
    if (header->e_phnum != 0 &&
        (header->e_phentsize != sizeof(Elf64_Phdr) ||
         !inside(view, header->e_phoff,
                 (uint64_t)header->e_phnum * sizeof(Elf64_Phdr)))) {
        return elf_fail(error, -EBADMSG,
                        "%s: truncated or corrupt: program headers are outside "
                        "the file",
                        name);
    }
    if (header->e_shnum == 0 && header->e_shoff != 0) {
        return elf_fail(error, -ENOEXEC,
                        "%s: more than 65,279 sections, which is not supported",
                        name);
    }
    return 0;
}

bool elf_view_section(const struct elf_view *view, unsigned index,
                      Elf64_Shdr *section)
{
    if (index >= view->header.e_shnum) {
        return false;
    }
    memcpy(section,
           view->bytes + view->header.e_shoff + index * sizeof(*section),
           sizeof(*section));
    return true;
}

bool elf_view_segment(const struct elf_view *view, unsigned index,
                      Elf64_Phdr *segment)
{
    if (index >= view->header.e_phnum) {
        return false;
    }
    memcpy(segment,
           view->bytes + view->header.e_phoff + index * sizeof(*segment),
           sizeof(*segment));
    return true;
}

const uint8_t *elf_view_data(const struct elf_view *view,
                             const Elf64_Shdr *section)
{
    if (section->sh_type == SHT_NOBITS ||
        !inside(view, section->sh_offset, section->sh_size)) {
        return NULL;
    }
    return view->bytes + section->sh_offset;
}

/* A NUL-terminated string of a table, "" if it does not end inside it. */
static const char *string_at(const char *strings, uint64_t bytes,
                             uint64_t offset)
{
    if (strings == NULL || offset >= bytes ||
        memchr(strings + offset, '\0', bytes - offset) == NULL) {
        return "";
    }
    return strings + offset;
}

const char *elf_view_section_name(const struct elf_view *view,
                                  const Elf64_Shdr *section)
{
    Elf64_Shdr names;
    if (!elf_view_section(view, view->header.e_shstrndx, &names)) {
        return "";
    }
    return string_at((const char *)elf_view_data(view, &names), names.sh_size,
                     section->sh_name);
}

unsigned elf_view_find(const struct elf_view *view, const char *name,
                       Elf64_Shdr *section)
{
    for (unsigned i = 1; elf_view_section(view, i, section); i++) {
        if (strcmp(elf_view_section_name(view, section), name) == 0) {
            return i;
        }
    }
    return 0;
}

int elf_view_symbols(const struct elf_view *view, struct elf_symbols *symbols,
                     struct popcorn_error *error)
{
    Elf64_Shdr table;
    Elf64_Shdr strings;
    *symbols = (struct elf_symbols){0};
    for (unsigned i = 1; elf_view_section(view, i, &table); i++) {
        if (table.sh_type != SHT_SYMTAB) {
            continue;
        }
        symbols->entries = elf_view_data(view, &table);
        symbols->count = table.sh_size / sizeof(Elf64_Sym);
        if (!elf_view_section(view, table.sh_link, &strings)) {
            symbols->entries = NULL;
        } else {
            symbols->strings = (const char *)elf_view_data(view, &strings);
            symbols->strings_bytes = strings.sh_size;
        }
        if (symbols->entries == NULL || symbols->strings == NULL ||
            table.sh_entsize != sizeof(Elf64_Sym)) {
            return elf_fail(error, -EBADMSG,
                            "%s: truncated or corrupt: the symbol table is "
                            "outside the file",
                            view->name);
        }
        return 0;
    }
    return 0;
}

Elf64_Sym elf_symbol(const struct elf_symbols *symbols, uint64_t index)
{
    Elf64_Sym symbol;
    memcpy(&symbol, symbols->entries + index * sizeof(symbol), sizeof(symbol));
    return symbol;
}

const char *elf_symbol_name(const struct elf_symbols *symbols,
                            const Elf64_Sym *symbol)
{
    return string_at(symbols->strings, symbols->strings_bytes, symbol->st_name);
}

int elf_map_file(const char *path, const uint8_t **bytes, uint64_t *size_bytes,
                 struct popcorn_error *error)
{
    struct stat status;
    void *map = MAP_FAILED;
    int result = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0) {
        result = -errno;
        elf_fail(error, result, "%s: %s", path, strerror(errno));
        goto out;
    }
    if (!S_ISREG(status.st_mode) || status.st_size == 0) {
        result = elf_fail(error, -ENOEXEC, "%s: %s", path,
                          S_ISREG(status.st_mode) ? "the file is empty"
                                                  : "not a regular file");
        goto out;
    }
    map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED) {
        result = -errno;
        elf_fail(error, result, "%s: cannot map: %s", path, strerror(errno));
        goto out;
    }
    *bytes = map;
    *size_bytes = (uint64_t)status.st_size;
out:
    if (fd >= 0) {
        close(fd);
    }
    return result;
}
