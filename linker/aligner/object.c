/* Reads one ISA's relocatable object: which of its sections are shared. */
#include "linker/aligner/aligner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the symbols say about one section. */
struct section_facts {
    const char *first_symbol; /* lowest offset, then name */
    uint64_t first_offset;
    const char *other_function; /* a function at another offset */
    bool defines;
};

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void note_symbol(struct section_facts *facts, const char *name,
                        const Elf64_Sym *symbol)
{
    bool function = ELF64_ST_TYPE(symbol->st_info) == STT_FUNC;
    if (!facts->defines) {
        *facts = (struct section_facts){name, symbol->st_value, NULL, true};
        return;
    }
    if (symbol->st_value != facts->first_offset && function) {
        facts->other_function =
            symbol->st_value > facts->first_offset ? name : facts->first_symbol;
    }
    if (symbol->st_value < facts->first_offset ||
        (symbol->st_value == facts->first_offset &&
         strcmp(name, facts->first_symbol) < 0)) {
        facts->first_offset = symbol->st_value;
        facts->first_symbol = name;
    }
}

static int read_symbols(const struct module *module, const struct part *part,
                        struct section_facts *facts,
                        struct popcorn_error *error)
{
    for (uint64_t i = 1; i < part->symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&part->symbols, i);
        const char *name = elf_symbol_name(&part->symbols, &symbol);
        unsigned type = ELF64_ST_TYPE(symbol.st_info);
        if (symbol.st_shndx == SHN_COMMON && module->object.name == NULL) {
            return elf_fail(error, -EINVAL,
                            "%s: %s is a common symbol, which has no place of "
                            "its own. Compile without -fcommon",
                            part->object.name, name);
        }
        if (type == STT_GNU_IFUNC) {
            return elf_fail(error, -EINVAL,
                            "%s: %s is an indirect function (ifunc): its "
                            "address would depend on the processor. Call "
                            "through an ordinary function pointer instead",
                            part->object.name, name);
        }
        if (symbol.st_shndx != SHN_UNDEF &&
            symbol.st_shndx < part->object.header.e_shnum &&
            (type == STT_FUNC || type == STT_OBJECT || type == STT_TLS)) {
            note_symbol(&facts[symbol.st_shndx], name, &symbol);
        }
    }
    return 0;
}

/* An init/fini array's kind; KIND_COUNT if it is none. */
static unsigned array_kind(const Elf64_Shdr *section, const char *name)
{
    if (section->sh_type == SHT_INIT_ARRAY ||
        starts_with(name, ".init_array")) {
        return KIND_INIT;
    }
    if (section->sh_type == SHT_FINI_ARRAY ||
        starts_with(name, ".fini_array")) {
        return KIND_FINI;
    }
    if (section->sh_type == SHT_PREINIT_ARRAY ||
        starts_with(name, ".preinit_array")) {
        return KIND_PREINIT;
    }
    return KIND_COUNT;
}

static enum section_kind section_kind(const Elf64_Shdr *section,
                                      const char *name)
{
    unsigned array = array_kind(section, name);
    bool no_bits = section->sh_type == SHT_NOBITS;
    if (array != KIND_COUNT) {
        return (enum section_kind)array;
    }
    if (section->sh_flags & SHF_TLS) {
        return no_bits ? KIND_TBSS : KIND_TDATA;
    }
    if (section->sh_flags & SHF_EXECINSTR) {
        return KIND_TEXT;
    }
    if (section->sh_flags & SHF_WRITE) {
        return no_bits ? KIND_BSS : KIND_DATA;
    }
    return no_bits ? KIND_BSS : KIND_RODATA;
}

static int add_section(struct part *part, unsigned index,
                       const Elf64_Shdr *section, const char *name,
                       const struct section_facts *facts,
                       struct popcorn_error *error)
{
    bool is_array = array_kind(section, name) != KIND_COUNT;
    if (starts_with(name, ".ctors") || starts_with(name, ".dtors")) {
        return elf_fail(error, -EINVAL,
                        "%s: section %s: constructors must be in .init_array. "
                        "Set UseInitArray in the code generator",
                        part->object.name, name);
    }
    if (!facts->defines && !is_array) {
        return 0;
    }
    if (facts->defines && (section->sh_flags & SHF_MERGE)) {
        return elf_fail(error, -EINVAL,
                        "%s: constant %s is in %s together with the code "
                        "generator's own constants, so it has no place of its "
                        "own. The code generator must drop unnamed_addr",
                        part->object.name, facts->first_symbol, name);
    }
    if ((section->sh_flags & SHF_EXECINSTR) && facts->other_function != NULL) {
        return elf_fail(error, -EINVAL,
                        "functions %s and %s are both in section %s, so they "
                        "cannot have equal addresses on every ISA. Remove the "
                        "section attribute",
                        facts->first_symbol, facts->other_function, name);
    }
    if ((section->sh_flags & SHF_TLS) && section->sh_addralign > ALIGN_TLS) {
        return elf_fail(error, -EINVAL,
                        "thread-local %s needs an alignment of %llu; at most "
                        "%d is supported",
                        facts->first_symbol,
                        (unsigned long long)section->sh_addralign, ALIGN_TLS);
    }
    unsigned same = 0;
    for (unsigned i = 0; is_array && i < part->section_count; i++) {
        same += strcmp(part->sections[i].name, name) == 0;
    }
    part->sections[part->section_count++] = (struct object_section){
        .name = name,
        .key =
            is_array ? align_format("%s#%u", name, same) : facts->first_symbol,
        .kind = section_kind(section, name),
        .index = index,
        .size_bytes = section->sh_size,
        .align = section->sh_addralign != 0 ? section->sh_addralign : 1,
    };
    return 0;
}

int part_find_sections(const struct module *module, struct part *part,
                       struct popcorn_error *error)
{
    Elf64_Shdr section;
    unsigned count = part->object.header.e_shnum;
    struct section_facts *facts = align_alloc(count, sizeof(*facts));
    part->sections = align_alloc(count, sizeof(*part->sections));
    int result = read_symbols(module, part, facts, error);
    for (unsigned i = 1;
         result == 0 && elf_view_section(&part->object, i, &section); i++) {
        const char *name = elf_view_section_name(&part->object, &section);
        part->has_stack_maps |= strcmp(name, ".llvm_stackmaps") == 0;
        part->has_debug_info |= strcmp(name, ".debug_info") == 0;
        if ((section.sh_flags & SHF_ALLOC) && !part->dropped[i] &&
            strcmp(name, ".llvm_stackmaps") != 0) {
            result = add_section(part, i, &section, name, &facts[i], error);
        }
    }
    free(facts);
    return result;
}
