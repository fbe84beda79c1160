/* Function and line of a return address, by libelf and libdw. */
#include "tools/popcorn-dump/dump.h"

#include <elfutils/libdw.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct symbol {
    uint64_t address, size_bytes;
    const char *name;
};

struct symbols {
    Elf *elf;
    Dwarf *dwarf; /* NULL: no debug information */
    Elf_Data *table;
    size_t strings, count;
    struct symbol *functions; /* by address */
    size_t function_count;
    Dwarf_Die unit; /* the last one found: neighbours share it */
    bool has_unit;
};

static const char *symbol_at(struct symbols *symbols, size_t i,
                             GElf_Sym *symbol)
{
    if (symbols->table == NULL ||
        gelf_getsym(symbols->table, (int)i, symbol) == NULL) {
        return NULL;
    }
    return elf_strptr(symbols->elf, symbols->strings, symbol->st_name);
}

static int by_address(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;

    return x->address < y->address   ? -1
           : x->address > y->address ? 1
                                     : strcmp(x->name, y->name);
}

static void sort_functions(struct symbols *symbols)
{
    symbols->functions = calloc(symbols->count + 1, sizeof *symbols->functions);
    if (symbols->functions == NULL) {
        fail("out of memory");
    }
    for (size_t i = 0; i < symbols->count; i++) {
        GElf_Sym symbol;
        const char *name = symbol_at(symbols, i, &symbol);
        if (name != NULL && GELF_ST_TYPE(symbol.st_info) == STT_FUNC &&
            symbol.st_shndx != SHN_UNDEF) {
            symbols->functions[symbols->function_count++] =
                (struct symbol){symbol.st_value, symbol.st_size, name};
        }
    }
    qsort(symbols->functions, symbols->function_count,
          sizeof *symbols->functions, by_address);
}

struct symbols *symbols_open(const void *bytes, size_t size_bytes)
{
    struct symbols *symbols = calloc(1, sizeof *symbols);
    Elf_Scn *section = NULL;

    if (symbols == NULL) {
        fail("out of memory");
    }
    elf_version(EV_CURRENT);
    /* libelf only reads it. */
    symbols->elf = elf_memory((char *)(uintptr_t)bytes, size_bytes);
    if (symbols->elf == NULL || elf_kind(symbols->elf) != ELF_K_ELF) {
        symbols_close(symbols);
        return NULL;
    }
    while ((section = elf_nextscn(symbols->elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) != NULL &&
            header.sh_type == SHT_SYMTAB && header.sh_entsize != 0) {
            symbols->table = elf_getdata(section, NULL);
            symbols->strings = header.sh_link;
            symbols->count = header.sh_size / header.sh_entsize;
        }
    }
    sort_functions(symbols);
    symbols->dwarf = dwarf_begin_elf(symbols->elf, DWARF_C_READ, NULL);
    return symbols;
}

void symbols_close(struct symbols *symbols)
{
    if (symbols == NULL) {
        return;
    }
    if (symbols->dwarf != NULL) {
        dwarf_end(symbols->dwarf);
    }
    if (symbols->elf != NULL) {
        elf_end(symbols->elf);
    }
    free(symbols->functions);
    free(symbols);
}

/* The unit with code at the address. Asks every unit: .debug_aranges, which
 * dwarf_addrdie trusts, may list only some of them. */
static bool find_unit(struct symbols *symbols, uint64_t address)
{
    Dwarf_Off offset = 0, next;
    size_t header_bytes;

    if (symbols->has_unit && dwarf_haspc(&symbols->unit, address) == 1) {
        return true;
    }
    while (dwarf_nextcu(symbols->dwarf, offset, &next, &header_bytes, NULL,
                        NULL, NULL) == 0) {
        Dwarf_Die unit;
        if (dwarf_offdie(symbols->dwarf, offset + header_bytes, &unit) !=
                NULL &&
            dwarf_haspc(&unit, address) == 1) {
            symbols->unit = unit;
            symbols->has_unit = true;
            return true;
        }
        offset = next;
    }
    return false;
}

static void find_line(struct symbols *symbols, uint64_t address,
                      struct place *place)
{
    Dwarf_Line *line;
    const char *file;

    if (symbols->dwarf == NULL || !find_unit(symbols, address) ||
        (line = dwarf_getsrc_die(&symbols->unit, address)) == NULL ||
        (file = dwarf_linesrc(line, NULL, NULL)) == NULL ||
        dwarf_lineno(line, &place->line) != 0) {
        return;
    }
    snprintf(place->file, sizeof place->file, "%s", file);
}

void symbols_find(struct symbols *symbols, uint64_t pc, struct place *place)
{
    size_t low = 0, high;

    memset(place, 0, sizeof *place);
    if (symbols == NULL) {
        return;
    }
    /* The call is before its return address, maybe the function's last byte. */
    high = symbols->function_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (symbols->functions[middle].address < pc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low != 0) {
        const struct symbol *symbol = &symbols->functions[low - 1];
        if (symbol->size_bytes == 0 ||
            pc <= symbol->address + symbol->size_bytes) {
            snprintf(place->function, sizeof place->function, "%s",
                     symbol->name);
            place->offset = pc - symbol->address;
            /* Elsewhere lines are of functions the link left out, at 0. */
            find_line(symbols, pc - 1, place);
        }
    }
}

static bool address_of(struct symbols *symbols, const char *wanted,
                       uint64_t *address)
{
    for (size_t i = 0; i < symbols->count; i++) {
        GElf_Sym symbol;
        const char *name = symbol_at(symbols, i, &symbol);
        if (name != NULL && symbol.st_shndx != SHN_UNDEF &&
            strcmp(name, wanted) == 0) {
            *address = symbol.st_value;
            return true;
        }
    }
    return false;
}

const void *symbols_range(struct symbols *symbols, const char *start,
                          const char *end, size_t *size_bytes)
{
    uint64_t first, last;
    size_t file_bytes, count;
    const char *file;

    if (!address_of(symbols, start, &first) ||
        !address_of(symbols, end, &last) || last < first ||
        elf_getphdrnum(symbols->elf, &count) != 0 ||
        (file = elf_rawfile(symbols->elf, &file_bytes)) == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (gelf_getphdr(symbols->elf, (int)i, &segment) != NULL &&
            segment.p_type == PT_LOAD && first >= segment.p_vaddr &&
            last - segment.p_vaddr <= segment.p_filesz &&
            segment.p_offset <= file_bytes &&
            last - segment.p_vaddr <= file_bytes - segment.p_offset) {
            *size_bytes = last - first;
            return file + segment.p_offset + (first - segment.p_vaddr);
        }
    }
    return NULL;
}

void place_text(const struct place *place, char *text, size_t room)
{
    size_t used = 0;

    text[0] = '\0';
    if (place->function[0] != '\0') {
        used = (size_t)snprintf(text, room, "%s+0x%llx", place->function,
                                (unsigned long long)place->offset);
    }
    if (place->line != 0 && used < room) {
        snprintf(text + used, room - used, "%s(%s:%d)", used ? " " : "",
                 place->file, place->line);
    }
}

void place_json(const struct place *place, cJSON *object)
{
    if (place->function[0] != '\0') {
        cJSON_AddStringToObject(object, "function", place->function);
        add_hex(object, "function_offset", place->offset);
    }
    if (place->line != 0) {
        cJSON_AddStringToObject(object, "file", place->file);
        cJSON_AddNumberToObject(object, "line", place->line);
    }
}
