/* The program's symbol table: every global name once, by a number. */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "linker/aligner/aligner.h"

static uint64_t hash_name(const char *name) /* FNV-1a */
{
    uint64_t hash = 0xcbf29ce484222325;
    for (; *name != '\0'; name++) {
        hash = (hash ^ (uint8_t)*name) * 0x100000001b3;
    }
    return hash ^ hash >> 29;
}

/* Where a name is, or the free bucket where it belongs. */
static uint32_t *bucket_of(const struct program *program, const char *name,
                           uint64_t hash)
{
    uint32_t mask = program->bucket_count - 1;
    for (uint32_t i = (uint32_t)hash & mask;; i = (i + 1) & mask) {
        uint32_t number = program->buckets[i];
        if (number == 0 ||
            (program->globals[number - 1].hash == hash &&
             strcmp(program->globals[number - 1].name, name) == 0)) {
            return &program->buckets[i];
        }
    }
}

static void grow(struct program *program)
{
    uint32_t capacity =
        program->global_capacity != 0 ? 2 * program->global_capacity : 4096;
    struct global *globals = align_alloc(capacity, sizeof(*globals));
    if (program->global_count != 0) {
        memcpy(globals, program->globals,
               program->global_count * sizeof(*globals));
    }
    free(program->globals);
    free(program->buckets);
    program->globals = globals;
    program->global_capacity = capacity;
    program->bucket_count = 4 * capacity;
    program->buckets = align_alloc(program->bucket_count, sizeof(uint32_t));
    for (uint32_t i = 0; i < program->global_count; i++) {
        *bucket_of(program, globals[i].name, globals[i].hash) = i + 1;
    }
}

uint32_t symbol_enter(struct program *program, const char *name)
{
    if (program->global_count == program->global_capacity) {
        grow(program);
    }
    uint64_t hash = hash_name(name);
    uint32_t *bucket = bucket_of(program, name, hash);
    if (*bucket == 0) {
        program->globals[program->global_count] = (struct global){
            .name = name,
            .hash = hash,
            .on = align_alloc(program->isa_count, sizeof(struct resolution))};
        *bucket = ++program->global_count;
    }
    return *bucket - 1;
}

const struct global *symbol_find(const struct program *program,
                                 const char *name)
{
    uint32_t number = program->bucket_count != 0
                          ? *bucket_of(program, name, hash_name(name))
                          : 0;
    return number != 0 ? &program->globals[number - 1] : NULL;
}

const struct module *symbol_module(const struct program *program,
                                   const struct global *global,
                                   unsigned isa_index)
{
    const struct resolution *on = &global->on[isa_index];
    return on->state == SYMBOL_DEFINED || on->state == SYMBOL_COMMON
               ? program->modules[on->module]
               : NULL;
}

static int corrupt(const struct module *module, const char *what,
                   struct popcorn_error *error)
{
    return elf_fail(error, -EBADMSG, "%s: truncated or corrupt: %s",
                    module->name, what);
}

/* The sections of a group that an earlier module has are not linked: its
 * signature is the name. */
static int read_group(struct program *program, const struct module *module,
                      struct part *part, const Elf64_Shdr *section,
                      struct popcorn_error *error)
{
    const uint8_t *bytes = elf_view_data(&part->object, section);
    uint32_t word;
    if (bytes == NULL || section->sh_size < sizeof(word) ||
        section->sh_info >= part->symbols.count) {
        return corrupt(module, "a section group", error);
    }
    memcpy(&word, bytes, sizeof(word));
    if ((word & GRP_COMDAT) == 0) {
        return 0;
    }
    Elf64_Sym signature = elf_symbol(&part->symbols, section->sh_info);
    struct global *global = &program->globals[symbol_enter(
        program, module_symbol_name(
                     module, elf_symbol_name(&part->symbols, &signature)))];
    if (global->group == 0) {
        global->group = module->number + 1;
    }
    for (uint64_t i = 4; global->group != module->number + 1 &&
                         section->sh_size - i >= sizeof(word);
         i += sizeof(word)) {
        memcpy(&word, bytes + i, sizeof(word));
        if (word < part->object.header.e_shnum) {
            part->dropped[word] = true;
        }
    }
    return 0;
}

bool part_defines(const struct part *part, const Elf64_Sym *symbol)
{
    return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_COMMON &&
           (symbol->st_shndx >= part->object.header.e_shnum ||
            !part->dropped[symbol->st_shndx]);
}

bool part_refers(const struct part *part, const Elf64_Sym *symbol)
{
    return symbol->st_shndx != SHN_COMMON && !part_defines(part, symbol);
}

int part_read_symbols(struct program *program, const struct module *module,
                      unsigned isa_index, struct popcorn_error *error)
{
    struct part *part = &module->part[isa_index];
    Elf64_Shdr section;
    int result = elf_view_symbols(&part->object, &part->symbols, error);
    unsigned section_count = part->object.header.e_shnum;
    part->dropped = align_alloc(section_count, sizeof(bool));
    part->live = align_alloc(section_count, sizeof(bool));
    part->shared = align_alloc(section_count, sizeof(unsigned));
    part->global = align_alloc(part->symbols.count, sizeof(uint32_t));
    for (uint64_t i = 1; result == 0 && i < part->symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&part->symbols, i);
        if (ELF64_ST_BIND(symbol.st_info) != STB_LOCAL) {
            part->global[i] = symbol_enter(
                program, module_symbol_name(
                             module, elf_symbol_name(&part->symbols, &symbol)));
        }
    }
    for (unsigned i = 1;
         result == 0 && elf_view_section(&part->object, i, &section); i++) {
        if (section.sh_type == SHT_GROUP) {
            result = read_group(program, module, part, &section, error);
        }
    }
    return result;
}

bool part_relocation(const struct part *part, const uint8_t *relocations,
                     uint64_t number, Elf64_Rela *relocation, Elf64_Sym *symbol)
{
    memcpy(relocation, relocations + number * sizeof(*relocation),
           sizeof(*relocation));
    uint64_t index = ELF64_R_SYM(relocation->r_info);
    if (index == 0 || index >= part->symbols.count) {
        return false;
    }
    *symbol = elf_symbol(&part->symbols, index);
    return true;
}

const char *part_symbol_around(const struct part *part, unsigned section,
                               uint64_t offset, unsigned *type)
{
    const char *name = NULL;
    for (uint64_t i = 1; i < part->symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&part->symbols, i);
        unsigned this_type = ELF64_ST_TYPE(symbol.st_info);
        if (symbol.st_shndx == section && symbol.st_value <= offset &&
            offset - symbol.st_value < symbol.st_size &&
            (this_type == STT_FUNC || this_type == STT_OBJECT ||
             this_type == STT_TLS)) {
            name = elf_symbol_name(&part->symbols, &symbol);
            *type = this_type;
        }
    }
    return name;
}

const struct multi_object_fact *module_definition(const struct module *module,
                                                  const char *name)
{
    for (unsigned i = 0; i < module->object.fact_count; i++) {
        const struct multi_object_fact *fact = &module->object.facts[i];
        if (fact->kind == FACT_DEFINE && strcmp(fact->name, name) == 0) {
            return fact;
        }
    }
    return NULL;
}

char *module_describe(const struct module *module)
{
    const struct elf_view *view = &module->part[0].object;
    struct popcorn_error ignored = {0};
    struct elf_symbols symbols;
    if (elf_view_symbols(view, &symbols, &ignored) == 0) {
        for (uint64_t i = 1; i < symbols.count; i++) {
            Elf64_Sym symbol = elf_symbol(&symbols, i);
            const char *name = elf_symbol_name(&symbols, &symbol);
            if (ELF64_ST_TYPE(symbol.st_info) == STT_FILE && *name != '\0') {
                return strchr(module->name, '(') != NULL
                           ? align_format("%s in %s", name, module->name)
                           : align_format("%s", name);
            }
        }
    }
    return align_format("%s", module->name);
}
