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

/* One part being copied: `out` is the archive, `start` where the part begins. */
struct copy {
    const struct options *options;
    unsigned isa_index;
    const struct module *module;
    const struct part *part;
    bool debug;     /* debug information is kept */
    bool *left_out; /* per section */
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
    bytes_extend(copy->out, round_up(offset, align) - offset);
    return copy->out->used - copy->start;
}

/* The contents of a section, as they are or `bytes` of them. */
static void copy_bytes(struct copy *copy, Elf64_Shdr *header,
                       const uint8_t *bytes)
{
    header->sh_offset = align_to(copy, 16);
    bytes_append(copy->out, bytes, header->sh_size);
}

static uint8_t *copied(const struct copy *copy, const Elf64_Shdr *header)
{
    return copy->out->at + copy->start + header->sh_offset;
}

/* --- symbols --- */

static bool is_frame_section(const char *name)
{
    return strcmp(name, MULTI_OBJECT_FRAME_SECTION) == 0;
}

/* What the link does not need: what a multi-ISA object carries, stack maps (the
 * frame maps are made), debug information of the runtime if the program has
 * none. */
static bool is_left_out(const struct copy *copy, const Elf64_Shdr *header)
{
    const struct elf_view *object = &copy->part->object;
    const char *name = elf_view_section_name(object, header);
    Elf64_Shdr target;
    if (header->sh_type == SHT_RELA) {
        return elf_view_section(object, header->sh_info, &target) &&
               is_left_out(copy, &target);
    }
    return multi_object_carries(name) || strcmp(name, ".llvm_stackmaps") == 0 ||
           (!copy->debug &&
            (strncmp(name, ".debug_", 7) == 0 || is_frame_section(name)));
}

/* What a library's objects define and refer to, as the program calls it; what
 * another defines, they refer to. */
static bool change_of_library(struct copy *copy, Elf64_Sym *symbol,
                              uint64_t index, struct bytes *names)
{
    unsigned binding = ELF64_ST_BIND(symbol->st_info);
    if (copy->module->library == NULL || binding == STB_LOCAL) {
        return false;
    }
    const char *name = elf_symbol_name(&copy->part->symbols, symbol);
    const struct global *global =
        &copy->program->globals[copy->part->global[index]];
    bool changed = false;
    if (strcmp(name, global->name) != 0) {
        symbol->st_name = (Elf64_Word)bytes_append(names, global->name,
                                                   strlen(global->name) + 1);
        changed = true;
    }
    if (symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_COMMON &&
        symbol_module(copy->program, global, copy->isa_index) != copy->module) {
        symbol->st_shndx = SHN_UNDEF;
        symbol->st_value = 0;
        changed = true;
    }
    return changed;
}

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
        bool changed = change_of_library(copy, &symbol, i, names);
        if (symbol.st_shndx == SHN_COMMON &&
            copy->module->kind == MODULE_NEUTRAL) {
            symbol.st_shndx = SHN_UNDEF;
            symbol.st_value = 0;
        } else if (symbol.st_shndx == SHN_UNDEF &&
                   strcmp(name, SITE_BASE) == 0) {
            char *own = align_format(SITE_BASE ".%u", copy->module->number);
            symbol.st_name =
                (Elf64_Word)bytes_append(names, own, strlen(own) + 1);
            symbol.st_shndx = SHN_ABS;
            symbol.st_value = copy->module->site_base +
                              (copy->options->fault == FAULT_WRONG_SITE_BASE);
            free(own);
        } else if (symbol.st_shndx < copy->part->object.header.e_shnum &&
                   copy->left_out[symbol.st_shndx]) {
            symbol.st_shndx = SHN_UNDEF;
        } else if (!changed) {
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
    header->sh_name =
        (Elf64_Word)bytes_append(&copy->names, name, strlen(name) + 1);
    header->sh_addralign = shared->align;
    /* It is decided that it stays, and its place. */
    header->sh_flags &= ~(Elf64_Xword)SHF_LINK_ORDER;
    free(name);
}

/* Debuggers know it by its proper name. */
static void name_frames(struct copy *copy)
{
    static const char name[] = ".debug_frame";
    for (unsigned i = 1; i < copy->section_count; i++) {
        Elf64_Shdr *header = &copy->sections[i];
        if (is_frame_section(
                elf_view_section_name(&copy->part->object, header))) {
            header->sh_name =
                (Elf64_Word)bytes_append(&copy->names, name, sizeof(name));
        }
    }
}

static bool is_last_copied(const struct copy *copy, const Elf64_Shdr *header)
{
    return copy->start + header->sh_offset + header->sh_size == copy->out->used;
}

static int copy_section(struct copy *copy, unsigned index, uint64_t slot_bytes)
{
    Elf64_Shdr *header = &copy->sections[index];
    const struct elf_view *object = &copy->part->object;
    if (copy->left_out[index]) {
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
        bytes_extend(copy->out, slot_bytes - header->sh_size);
        header->sh_size = slot_bytes;
    }
    return 0;
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
    bytes_append(names, bytes, copy->sections[index].sh_size);
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
    header->sh_name =
        (Elf64_Word)bytes_append(&copy->names, name, sizeof(name));
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
    copy->left_out = align_alloc(copy->section_count, sizeof(bool));
    for (unsigned i = 1; i < copy->section_count; i++) {
        copy->left_out[i] = is_left_out(copy, &copy->sections[i]);
    }
    name_frames(copy);
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
    bytes_extend(copy->out, sizeof(header));
    int result = copy_sections(copy, framemap, framemap_bytes);
    header.e_shoff = align_to(copy, 16);
    header.e_shnum = (Elf64_Half)copy->section_count;
    bytes_append(copy->out, copy->sections,
                 copy->section_count * sizeof(*copy->sections));
    memcpy(copy->out->at + copy->start, &header, sizeof(header));
    free(copy->sections);
    free(copy->left_out);
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
    bytes_extend(out, out->used % 2);
}

int copies_write(const struct options *options, const struct program *program,
                 const struct layout *layout, unsigned isa_index,
                 const uint8_t *framemap, uint64_t framemap_bytes, bool debug,
                 const char *path, struct popcorn_error *error)
{
    struct bytes out = {0};
    int result = 0;
    unsigned last = 0;
    for (unsigned i = 0; i < program->module_count; i++) {
        enum module_kind kind = program->modules[i]->kind;
        last = kind == MODULE_NEUTRAL || kind == MODULE_OWN ? i : last;
    }
    bytes_append(&out, "!<arch>\n", 8);
    for (unsigned i = 0; i < program->module_count && result == 0; i++) {
        const struct module *module = program->modules[i];
        if (module->part[isa_index].object.bytes == NULL) {
            continue; /* native code of another ISA */
        }
        char *name = align_format("module.%u/", module->number);
        uint64_t header_at = bytes_extend(&out, AR_HEADER_BYTES);
        const struct module *content =
            module_content(options, program, module, isa_index);
        struct copy copy = {.options = options,
                            .isa_index = isa_index,
                            .module = module,
                            .part = &content->part[isa_index],
                            .debug = debug,
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
