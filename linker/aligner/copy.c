/* The copies of the modules' parts that ld.lld links: for each ISA one archive
 * that it takes whole.
 *
 * Shared sections get names of their own in them, so that a linker script can
 * place each by name whatever characters a program's symbols have, and so that a
 * catch-all pattern for private sections misses them.  Section and symbol
 * numbers stay; what only the multi-ISA object carries is left out.
 */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/aligner/aligner.h"
#include "runtime/base/align.h"

#define AR_HEADER_BYTES 60
#define SITE_BASE "__popcorn_site_base"

struct bytes {
    uint8_t *at;
    uint64_t used, capacity;
};

/* Zero bytes at the end; where they begin. */
static uint64_t extend(struct bytes *out, uint64_t count)
{
    if (count > out->capacity - out->used) {
        uint64_t capacity = 2 * out->capacity + count + 65536;
        uint8_t *grown = align_alloc(capacity, 1);
        if (out->used != 0) {
            memcpy(grown, out->at, out->used);
        }
        free(out->at);
        out->at = grown;
        out->capacity = capacity;
    }
    out->used += count;
    return out->used - count;
}

static uint64_t append(struct bytes *out, const void *bytes, uint64_t count)
{
    uint64_t at = extend(out, count);
    if (count != 0) {
        memcpy(out->at + at, bytes, count);
    }
    return at;
}

/* One part being copied: `out` is the archive, `start` where the part begins. */
struct copy {
    const struct options *options;
    const struct module *module;
    const struct part *part;
    unsigned number; /* of the module the part is of */
    unsigned isa_index;
    const struct program *program;
    const struct layout *layout;
    struct bytes *out;
    uint64_t start;
    Elf64_Shdr *sections;
    unsigned section_count;
    struct bytes names; /* of sections, and of symbols if the part has it so */
    struct bytes symbol_names; /* if it has not */
    struct popcorn_error *error;
};

static int corrupt(const struct copy *copy, const char *what)
{
    return elf_fail(copy->error, -EBADMSG, "%s: truncated or corrupt: %s",
                    copy->module->name, what);
}

static uint64_t align_to(struct copy *copy, uint64_t align)
{
    uint64_t offset = copy->out->used - copy->start;
    extend(copy->out, round_up(offset, align) - offset);
    return copy->out->used - copy->start;
}

/* The contents of a section, as they are or `bytes` of them. */
static void copy_bytes(struct copy *copy, Elf64_Shdr *header,
                       const uint8_t *bytes)
{
    header->sh_offset = align_to(copy, 16);
    append(copy->out, bytes, header->sh_size);
}

static uint8_t *copied(const struct copy *copy, const Elf64_Shdr *header)
{
    return copy->out->at + copy->start + header->sh_offset;
}

/* --- call sites --- */

struct cursor {
    uint8_t *start, *next, *end;
};

static uint8_t *take(struct cursor *cursor, uint64_t bytes)
{
    uint8_t *here = cursor->next;
    if (bytes > (uint64_t)(cursor->end - here)) {
        return NULL;
    }
    cursor->next += bytes;
    return here;
}

static bool skip_to_8(struct cursor *cursor)
{
    uint64_t misaligned = (uint64_t)(cursor->next - cursor->start) % 8;
    return misaligned == 0 || take(cursor, 8 - misaligned) != NULL;
}

static uint64_t number_at(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;
    memcpy(&value, at, bytes);
    return value;
}

/* Adds the module's base to the id of one record: its low 32 bits. */
static bool move_record(struct cursor *cursor, uint32_t base)
{
    uint8_t *head = take(cursor, 16);
    if (head == NULL || take(cursor, 12 * number_at(head + 14, 2)) == NULL ||
        !skip_to_8(cursor)) {
        return false;
    }
    uint64_t id = number_at(head, 8) + base;
    memcpy(head, &id, sizeof(id));
    const uint8_t *live = take(cursor, 4);
    return live != NULL && take(cursor, 4 * number_at(live + 2, 2)) != NULL &&
           skip_to_8(cursor);
}

/* LLVM's stack maps, version 3: header, functions, constants, records. */
static bool move_records(struct cursor *cursor, uint32_t base)
{
    const uint8_t *header = take(cursor, 16);
    if (header == NULL || header[0] != 3 ||
        take(cursor, 24 * number_at(header + 4, 4)) == NULL ||
        take(cursor, 8 * number_at(header + 8, 4)) == NULL) {
        return false;
    }
    for (uint64_t i = number_at(header + 12, 4); i != 0; i--) {
        if (!move_record(cursor, base)) {
            return false;
        }
    }
    return skip_to_8(cursor);
}

/* Is the program's definition of this global the one in the module? */
static bool is_chosen(const struct copy *copy, uint32_t number)
{
    const struct resolution *on =
        &copy->program->globals[number].on[copy->isa_index];
    return on->state == SYMBOL_DEFINED && on->module == copy->number;
}

/* As a section without memory they neither keep dead functions alive nor take
 * part in the layout; the linker still relocates them. */
static int change_stack_maps(struct copy *copy, Elf64_Shdr *header)
{
    uint8_t *bytes = copied(copy, header);
    struct cursor cursor = {bytes, bytes, bytes + header->sh_size};
    header->sh_flags &= ~(Elf64_Xword)SHF_ALLOC;
    while (copy->module->site_base != 0 && cursor.next < cursor.end) {
        if (!move_records(&cursor, copy->module->site_base)) {
            return corrupt(copy, ".llvm_stackmaps");
        }
    }
    return 0;
}

/* A symbol of the part's own in a section, by which to name a place there; 0 if
 * there is none. */
static uint64_t symbol_in(const struct copy *copy, unsigned section)
{
    const struct part *part = copy->part;
    for (uint64_t i = 1; i < part->symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&part->symbols, i);
        if (symbol.st_shndx == section &&
            (ELF64_ST_BIND(symbol.st_info) == STB_LOCAL ||
             is_chosen(copy, part->global[i]))) {
            return i;
        }
    }
    return 0;
}

/* Records of a function whose name has another definition are about its own
 * code, or, if nothing else names that, about none: as of functions that the
 * linker drops. */
static void change_record_addresses(struct copy *copy, const Elf64_Shdr *header)
{
    const struct part *part = copy->part;
    uint8_t *bytes = copied(copy, header);
    for (uint64_t i = 0; i < header->sh_size / sizeof(Elf64_Rela); i++) {
        Elf64_Rela relocation;
        memcpy(&relocation, bytes + i * sizeof(relocation), sizeof(relocation));
        uint64_t index = ELF64_R_SYM(relocation.r_info);
        if (index >= part->symbols.count) {
            continue;
        }
        Elf64_Sym symbol = elf_symbol(&part->symbols, index);
        if (ELF64_ST_BIND(symbol.st_info) == STB_LOCAL ||
            is_chosen(copy, part->global[index])) {
            continue;
        }
        uint64_t other =
            part_defines(part, &symbol) ? symbol_in(copy, symbol.st_shndx) : 0;
        if (other == 0) {
            relocation = (Elf64_Rela){.r_offset = relocation.r_offset};
        } else {
            Elf64_Sym by = elf_symbol(&part->symbols, other);
            relocation.r_info =
                ELF64_R_INFO(other, ELF64_R_TYPE(relocation.r_info));
            relocation.r_addend +=
                (Elf64_Sxword)(symbol.st_value - by.st_value);
        }
        memcpy(bytes + i * sizeof(relocation), &relocation, sizeof(relocation));
    }
}

/* --- symbols --- */

/* Common symbols are the link's own (own_object.c). The base of the call-site
 * ids is a number; its name is each module's own. */
static void change_symbols(struct copy *copy, Elf64_Shdr *header,
                           struct bytes *names)
{
    uint8_t *bytes = copied(copy, header);
    for (uint64_t i = 1; i < copy->part->symbols.count; i++) {
        Elf64_Sym symbol;
        memcpy(&symbol, bytes + i * sizeof(symbol), sizeof(symbol));
        const char *name = elf_symbol_name(&copy->part->symbols, &symbol);
        if (symbol.st_shndx == SHN_COMMON &&
            copy->module->kind == MODULE_NEUTRAL) {
            symbol.st_shndx = SHN_UNDEF;
            symbol.st_value = 0;
        } else if (symbol.st_shndx == SHN_UNDEF &&
                   strcmp(name, SITE_BASE) == 0) {
            char *own = align_format(SITE_BASE ".%u", copy->module->number);
            symbol.st_name = (Elf64_Word)append(names, own, strlen(own) + 1);
            symbol.st_shndx = SHN_ABS;
            symbol.st_value = copy->module->site_base +
                              (copy->options->fault == FAULT_WRONG_SITE_BASE);
            free(own);
        } else {
            continue;
        }
        memcpy(bytes + i * sizeof(symbol), &symbol, sizeof(symbol));
    }
}

/* --- sections --- */

/* A shared section's name, alignment and size. Code that is shorter than its
 * slot gets a longer section, filled with zero bytes: the linker then makes the
 * next one start where it does everywhere. */
static void change_shared(struct copy *copy, const struct object_section *s)
{
    const struct shared_section *shared = &copy->layout->shared[s->shared];
    Elf64_Shdr *header = &copy->sections[s->index];
    char *name = align_format(".popcorn.%s.%08x.%u",
                              shared->live ? kind_name[s->kind] : "dead",
                              shared->live ? shared->rank : 0, s->shared);
    header->sh_name = (Elf64_Word)append(&copy->names, name, strlen(name) + 1);
    header->sh_addralign = shared->align;
    free(name);
}

static bool is_last_copied(const struct copy *copy, const Elf64_Shdr *header)
{
    return copy->start + header->sh_offset + header->sh_size == copy->out->used;
}

static int copy_section(struct copy *copy, unsigned index, uint64_t slot_bytes)
{
    Elf64_Shdr *header = &copy->sections[index];
    const struct elf_view *object = &copy->part->object;
    const char *name = elf_view_section_name(object, header);
    if (multi_object_carries(name)) {
        *header = (Elf64_Shdr){.sh_type = SHT_NULL};
    }
    if (header->sh_type == SHT_NULL || header->sh_type == SHT_NOBITS) {
        return 0;
    }
    const uint8_t *bytes = elf_view_data(object, header);
    if (bytes == NULL) {
        return corrupt(copy, "a section is outside the file");
    }
    copy_bytes(copy, header, bytes);
    if (slot_bytes > header->sh_size && is_last_copied(copy, header)) {
        extend(copy->out, slot_bytes - header->sh_size);
        header->sh_size = slot_bytes;
    }
    if (strcmp(name, ".rela.llvm_stackmaps") == 0) {
        change_record_addresses(copy, header);
    }
    return strcmp(name, ".llvm_stackmaps") == 0
               ? change_stack_maps(copy, header)
               : 0;
}

/* The size each section is to have: of code, its slot's. */
static uint64_t *slots(const struct copy *copy)
{
    uint64_t *slot = align_alloc(copy->section_count, sizeof(*slot));
    for (unsigned i = 0; i < copy->part->section_count; i++) {
        const struct object_section *s = &copy->part->sections[i];
        if (s->kind == KIND_TEXT) {
            slot[s->index] = copy->layout->shared[s->shared].slot_bytes;
        }
    }
    return slot;
}

/* Takes a string table over, to be appended to. */
static int open_names(struct copy *copy, unsigned index, struct bytes *names)
{
    const uint8_t *bytes =
        index < copy->section_count
            ? elf_view_data(&copy->part->object, &copy->sections[index])
            : NULL;
    if (bytes == NULL) {
        return corrupt(copy, "no names");
    }
    append(names, bytes, copy->sections[index].sh_size);
    return 0;
}

static void close_names(struct copy *copy, unsigned index,
                        const struct bytes *names)
{
    copy->sections[index].sh_size = names->used;
    copy_bytes(copy, &copy->sections[index], names->at);
}

static void add_framemap(struct copy *copy, const uint8_t *framemap,
                         uint64_t framemap_bytes)
{
    static const char name[] = ".popcorn.framemap";
    Elf64_Shdr *header = &copy->sections[copy->section_count++];
    *header = (Elf64_Shdr){.sh_type = SHT_PROGBITS,
                           .sh_flags = SHF_ALLOC,
                           .sh_size = framemap_bytes,
                           .sh_addralign = 16};
    header->sh_name = (Elf64_Word)append(&copy->names, name, sizeof(name));
    copy_bytes(copy, header, framemap);
}

/* The section of symbols, 0 if there is none. */
static unsigned find_symtab(const struct copy *copy)
{
    for (unsigned i = 1; i < copy->section_count; i++) {
        if (copy->sections[i].sh_type == SHT_SYMTAB) {
            return i;
        }
    }
    return 0;
}

static int copy_sections(struct copy *copy, const uint8_t *framemap,
                         uint64_t framemap_bytes)
{
    unsigned names_index = copy->part->object.header.e_shstrndx;
    unsigned symtab = find_symtab(copy);
    unsigned strings =
        symtab != 0 ? copy->sections[symtab].sh_link : names_index;
    struct bytes *symbol_names =
        strings != names_index ? &copy->symbol_names : &copy->names;
    int result = open_names(copy, names_index, &copy->names);
    if (result == 0 && strings != names_index) {
        result = open_names(copy, strings, symbol_names);
    }
    uint64_t *slot = slots(copy);
    for (unsigned i = 1; i < copy->section_count && result == 0; i++) {
        if (i != names_index && i != strings) {
            result = copy_section(copy, i, slot[i]);
        }
    }
    free(slot);
    if (result != 0) {
        return result;
    }
    if (symtab != 0) {
        change_symbols(copy, &copy->sections[symtab], symbol_names);
    }
    for (unsigned i = 0; i < copy->part->section_count; i++) {
        change_shared(copy, &copy->part->sections[i]);
    }
    if (framemap_bytes != 0) {
        add_framemap(copy, framemap, framemap_bytes);
    }
    if (strings != names_index) {
        close_names(copy, strings, symbol_names);
    }
    close_names(copy, names_index, &copy->names);
    return 0;
}

static int copy_part(struct copy *copy, const uint8_t *framemap,
                     uint64_t framemap_bytes)
{
    const struct elf_view *object = &copy->part->object;
    Elf64_Ehdr header = object->header;
    copy->section_count = header.e_shnum;
    copy->sections =
        align_alloc(copy->section_count + 1u, sizeof(*copy->sections));
    if (copy->section_count != 0) {
        memcpy(copy->sections, object->bytes + header.e_shoff,
               copy->section_count * sizeof(*copy->sections));
    }
    extend(copy->out, sizeof(header));
    int result = copy_sections(copy, framemap, framemap_bytes);
    header.e_shoff = align_to(copy, 16);
    header.e_shnum = (Elf64_Half)copy->section_count;
    append(copy->out, copy->sections,
           copy->section_count * sizeof(*copy->sections));
    memcpy(copy->out->at + copy->start, &header, sizeof(header));
    free(copy->sections);
    free(copy->names.at);
    free(copy->symbol_names.at);
    return result;
}

/* --- the archive --- */

static void finish_member(struct bytes *out, uint64_t header_at,
                          const char *name)
{
    char header[AR_HEADER_BYTES + 1];
    uint64_t size = out->used - header_at - AR_HEADER_BYTES;
    snprintf(header, sizeof(header), "%-16s%-12d%-6d%-6d%-8o%-10llu`\n", name,
             0, 0, 0, 0644u, (unsigned long long)size);
    memcpy(out->at + header_at, header, AR_HEADER_BYTES);
    extend(out, out->used % 2);
}

/* Whose part the copy of a module is: its own, unless a fault is planted. */
static const struct module *content_of(const struct options *options,
                                       const struct program *program,
                                       const struct module *module,
                                       unsigned isa_index)
{
    if (options->fault != FAULT_SWAPPED_OBJECTS ||
        isa_index + 1 != program->isa_count || module->number > 1) {
        return module;
    }
    return program->modules[1 - module->number];
}

int copies_write(const struct options *options, const struct program *program,
                 const struct layout *layout, unsigned isa_index,
                 const uint8_t *framemap, uint64_t framemap_bytes,
                 const char *path, struct popcorn_error *error)
{
    struct bytes out = {0};
    int result = 0;
    unsigned last = 0;
    for (unsigned i = 0; i < program->module_count; i++) {
        enum module_kind kind = program->modules[i]->kind;
        last = kind == MODULE_NEUTRAL || kind == MODULE_OWN ? i : last;
    }
    append(&out, "!<arch>\n", 8);
    for (unsigned i = 0; i < program->module_count && result == 0; i++) {
        const struct module *module = program->modules[i];
        if (module->part[isa_index].object.bytes == NULL) {
            continue; /* native code of another ISA */
        }
        char *name = align_format("module.%u/", module->number);
        uint64_t header_at = extend(&out, AR_HEADER_BYTES);
        const struct module *content =
            content_of(options, program, module, isa_index);
        struct copy copy = {.options = options,
                            .module = module,
                            .part = &content->part[isa_index],
                            .number = content->number,
                            .isa_index = isa_index,
                            .program = program,
                            .layout = layout,
                            .out = &out,
                            .start = out.used,
                            .error = error};
        result = copy_part(&copy, framemap, i == last ? framemap_bytes : 0);
        finish_member(&out, header_at, name);
        free(name);
    }
    if (result == 0) {
        result = align_write_file(path, out.at, out.used, error);
    }
    free(out.at);
    return result;
}
