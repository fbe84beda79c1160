/* What popcorn-framemap needs of an image, before the image is linked: the
 * addresses of all functions are known from the layout.
 *
 * The stack maps and the call-frame information of all live modules, one behind
 * the other, relocated here: in the first every relocation is the address of a
 * function (8 bytes), in the second that or the place of an entry in the section
 * itself (4 bytes).  What was dropped has address 0.  verify.c compares the
 * functions and the call-frame information with the finished image.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "isa/isa.h"
#include "linker/aligner/aligner.h"
#include "runtime/base/align.h"

enum { SITES_NULL, SITES_MAPS, SITES_FRAMES, SITES_SYMTAB, SITES_STRTAB };
#define SITES_COUNT (SITES_STRTAB + 1)

struct image {
    const struct options *options;
    const struct program *program;
    const struct layout *layout;
    unsigned isa_index;
    struct bytes maps, frames, symbols, names;
    struct popcorn_error *error;
};

/* One module's contribution. */
struct source {
    const struct module *module; /* whose place it takes, and whose ids */
    const struct module *content;
    const struct part *part;
};

const struct module *module_content(const struct options *options,
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

static int corrupt(const struct image *image, const struct source *source,
                   const char *what)
{
    return elf_fail(image->error, -EBADMSG, "%s: truncated or corrupt: %s",
                    source->content->name, what);
}

/* The address of a place in a section of the part; 0 if it is not linked. */
static uint64_t address_of(const struct image *image,
                           const struct source *source, unsigned section,
                           uint64_t offset)
{
    const struct part *part = source->part;
    unsigned number =
        section < part->object.header.e_shnum ? part->shared[section] : 0;
    const struct shared_section *shared =
        number != 0 ? &image->layout->shared[number - 1] : NULL;
    return shared != NULL && shared->live ? shared->address + offset : 0;
}

/* --- ids --- */

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

/* --- relocations --- */

static bool relocate_one(const struct image *image, const struct source *source,
                         unsigned section, uint8_t *bytes, uint64_t size_bytes,
                         uint64_t base, const Elf64_Rela *relocation)
{
    uint64_t index = ELF64_R_SYM(relocation->r_info);
    if (index >= source->part->symbols.count) {
        return false;
    }
    Elf64_Sym symbol = elf_symbol(&source->part->symbols, index);
    uint64_t offset = symbol.st_value + (uint64_t)relocation->r_addend;
    bool inside = symbol.st_shndx == section;
    uint64_t value = inside
                         ? base + offset
                         : address_of(image, source, symbol.st_shndx, offset);
    unsigned width = inside ? 4 : 8;
    if (relocation->r_offset > size_bytes ||
        size_bytes - relocation->r_offset < width) {
        return false;
    }
    memcpy(bytes + relocation->r_offset, &value, width);
    return true;
}

static int relocate(const struct image *image, const struct source *source,
                    unsigned section, uint8_t *bytes, uint64_t size_bytes,
                    uint64_t base)
{
    const struct elf_view *object = &source->part->object;
    Elf64_Shdr header;
    for (unsigned i = 1; elf_view_section(object, i, &header); i++) {
        if (header.sh_type != SHT_RELA || header.sh_info != section) {
            continue;
        }
        const uint8_t *entries = elf_view_data(object, &header);
        uint64_t count =
            entries != NULL ? header.sh_size / sizeof(Elf64_Rela) : 0;
        for (uint64_t k = 0; k < count; k++) {
            Elf64_Rela relocation;
            memcpy(&relocation, entries + k * sizeof(relocation),
                   sizeof(relocation));
            if (!relocate_one(image, source, section, bytes, size_bytes, base,
                              &relocation)) {
                return corrupt(image, source, "a relocation");
            }
        }
    }
    return 0;
}

/* Appends a section of the part, relocated. */
static int add_contents(struct image *image, const struct source *source,
                        const char *name, struct bytes *out)
{
    Elf64_Shdr header;
    unsigned section = elf_view_find(&source->part->object, name, &header);
    if (section == 0) {
        return 0;
    }
    const uint8_t *bytes = elf_view_data(&source->part->object, &header);
    if (bytes == NULL) {
        return corrupt(image, source, name);
    }
    bytes_extend(out, round_up(out->used, 8) - out->used);
    uint64_t base = bytes_append(out, bytes, header.sh_size);
    int result =
        relocate(image, source, section, out->at + base, header.sh_size, base);
    struct cursor cursor = {out->at + base, out->at + base,
                            out->at + base + header.sh_size};
    while (result == 0 && out == &image->maps && cursor.next < cursor.end) {
        if (!move_records(&cursor, source->module->site_base)) {
            return corrupt(image, source, name);
        }
    }
    return result;
}

/* --- symbols --- */

static void add_symbol(struct image *image, const char *name, uint64_t address,
                       uint64_t size_bytes, unsigned type)
{
    Elf64_Sym symbol = {.st_name = (Elf64_Word)bytes_append(&image->names, name,
                                                            strlen(name) + 1),
                        .st_info = ELF64_ST_INFO(STB_GLOBAL, type),
                        .st_shndx = SHN_ABS,
                        .st_value = address,
                        .st_size = size_bytes};
    bytes_append(&image->symbols, &symbol, sizeof(symbol));
}

/* The functions of the part that are linked, by the names that are theirs. */
static void add_functions(struct image *image, const struct source *source)
{
    const struct part *part = source->part;
    for (uint64_t i = 1; i < part->symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&part->symbols, i);
        if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC) {
            continue;
        }
        const char *name = elf_symbol_name(&part->symbols, &symbol);
        if (ELF64_ST_BIND(symbol.st_info) != STB_LOCAL) {
            const struct global *global =
                &image->program->globals[part->global[i]];
            if (symbol_module(image->program, global, image->isa_index) !=
                source->content) {
                continue;
            }
            name = global->name;
        }
        uint64_t address =
            address_of(image, source, symbol.st_shndx, symbol.st_value);
        if (address != 0) {
            add_symbol(image, name, address, symbol.st_size, STT_FUNC);
        }
    }
}

/* --- the file --- */

static void add_section(struct bytes *file, Elf64_Shdr *header,
                        const struct bytes *contents)
{
    bytes_extend(file, round_up(file->used, 16) - file->used);
    header->sh_size = contents->used;
    header->sh_offset = bytes_append(file, contents->at, contents->used);
}

static int write_file(const struct image *image, const char *path)
{
    static const char names[] =
        "\0.llvm_stackmaps\0.debug_frame\0.symtab\0.strtab";
    struct bytes file = {0};
    struct bytes strings = {0};
    const struct isa *isa =
        popcorn_isa_by_name(image->options->target[image->isa_index].isa);
    Elf64_Ehdr header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
                                     ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                         .e_type = ET_EXEC,
                         .e_machine = isa->elf_machine,
                         .e_version = EV_CURRENT,
                         .e_ehsize = sizeof(Elf64_Ehdr),
                         .e_shentsize = sizeof(Elf64_Shdr),
                         .e_shnum = SITES_COUNT,
                         .e_shstrndx = SITES_STRTAB};
    Elf64_Shdr section[SITES_COUNT] = {
        [SITES_MAPS] = {.sh_name = 1,
                        .sh_type = SHT_PROGBITS,
                        .sh_addralign = 8},
        [SITES_FRAMES] = {.sh_name = 17,
                          .sh_type = SHT_PROGBITS,
                          .sh_addralign = 8},
        [SITES_SYMTAB] = {.sh_name = 30,
                          .sh_type = SHT_SYMTAB,
                          .sh_link = SITES_STRTAB,
                          .sh_info = 1,
                          .sh_entsize = sizeof(Elf64_Sym),
                          .sh_addralign = 8},
        [SITES_STRTAB] = {
            .sh_name = 38, .sh_type = SHT_STRTAB, .sh_addralign = 1}};
    bytes_append(&strings, image->names.at, image->names.used);
    bytes_append(&file, &header, sizeof(header));
    add_section(&file, &section[SITES_MAPS], &image->maps);
    add_section(&file, &section[SITES_FRAMES], &image->frames);
    add_section(&file, &section[SITES_SYMTAB], &image->symbols);
    /* Names of symbols, then of sections, in one table. */
    Elf64_Word base = (Elf64_Word)strings.used;
    bytes_append(&strings, names, sizeof(names));
    add_section(&file, &section[SITES_STRTAB], &strings);
    for (unsigned i = 1; i < SITES_COUNT; i++) {
        section[i].sh_name += base;
    }
    bytes_extend(&file, round_up(file.used, 16) - file.used);
    header.e_shoff = bytes_append(&file, section, sizeof(section));
    memcpy(file.at, &header, sizeof(header));
    int result = align_write_file(path, file.at, file.used, image->error);
    free(file.at);
    free(strings.at);
    return result;
}

int site_image_write(const struct options *options,
                     const struct program *program, const struct layout *layout,
                     unsigned isa_index, const char *path,
                     struct popcorn_error *error)
{
    struct image image = {.options = options,
                          .program = program,
                          .layout = layout,
                          .isa_index = isa_index,
                          .error = error};
    int result = 0;
    bytes_extend(&image.names, 1);
    bytes_extend(&image.symbols, sizeof(Elf64_Sym));
    for (unsigned m = 0; m < program->module_count && result == 0; m++) {
        const struct module *module = program->modules[m];
        const struct module *content =
            module_content(options, program, module, isa_index);
        struct source source = {module, content, &content->part[isa_index]};
        if (content->kind != MODULE_NEUTRAL) {
            continue;
        }
        result = add_contents(&image, &source, ".llvm_stackmaps", &image.maps);
        if (result == 0) {
            result =
                add_contents(&image, &source, ".debug_frame", &image.frames);
        }
        if (result == 0) { /* of a host part */
            result = add_contents(&image, &source, MULTI_OBJECT_FRAME_SECTION,
                                  &image.frames);
        }
        add_functions(&image, &source);
    }
    /* By it popcorn-framemap knows an image of ours. */
    add_symbol(&image, "__popcorn_program_id", 0, 32, STT_OBJECT);
    if (result == 0) {
        result = write_file(&image, path);
    }
    free(image.maps.at);
    free(image.frames.at);
    free(image.symbols.at);
    free(image.names.at);
    return result;
}
