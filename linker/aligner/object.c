/* Reads one ISA's relocatable object: which of its sections are shared.
 *
 * Shared sections get names of their own in the copy that is linked, so that a
 * linker script can place each by name whatever characters a program's symbols
 * have, and so that a catch-all pattern for private sections misses them.
 */
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

static int read_symbols(const struct target *target,
                        struct section_facts *facts,
                        struct popcorn_error *error)
{
    struct elf_symbols symbols;
    int result = elf_view_symbols(&target->object, &symbols, error);
    for (uint64_t i = 1; result == 0 && i < symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&symbols, i);
        const char *name = elf_symbol_name(&symbols, &symbol);
        unsigned type = ELF64_ST_TYPE(symbol.st_info);
        if (symbol.st_shndx == SHN_COMMON) {
            return elf_fail(error, -EINVAL,
                            "%s: %s is a common symbol, which has no place of "
                            "its own. Compile without -fcommon",
                            target->object_path, name);
        }
        if (type == STT_GNU_IFUNC) {
            return elf_fail(error, -EINVAL,
                            "%s: %s is an indirect function (ifunc): its "
                            "address would depend on the processor. Call "
                            "through an ordinary function pointer instead",
                            target->object_path, name);
        }
        if (symbol.st_shndx != SHN_UNDEF &&
            symbol.st_shndx < target->object.header.e_shnum &&
            (type == STT_FUNC || type == STT_OBJECT || type == STT_TLS)) {
            note_symbol(&facts[symbol.st_shndx], name, &symbol);
        }
    }
    return result;
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

static int add_section(struct target *target, unsigned index,
                       const Elf64_Shdr *section, const char *name,
                       const struct section_facts *facts,
                       struct popcorn_error *error)
{
    bool is_array = array_kind(section, name) != KIND_COUNT;
    if (starts_with(name, ".ctors") || starts_with(name, ".dtors")) {
        return elf_fail(error, -EINVAL,
                        "%s: section %s: constructors must be in .init_array. "
                        "Set UseInitArray in the code generator",
                        target->object_path, name);
    }
    if (!facts->defines && !is_array) {
        return 0;
    }
    if (facts->defines && (section->sh_flags & SHF_MERGE)) {
        return elf_fail(error, -EINVAL,
                        "%s: constant %s is in %s together with the code "
                        "generator's own constants, so it has no place of its "
                        "own. The code generator must drop unnamed_addr",
                        target->object_path, facts->first_symbol, name);
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
    for (unsigned i = 0; is_array && i < target->section_count; i++) {
        same += strcmp(target->sections[i].name, name) == 0;
    }
    target->sections[target->section_count++] = (struct object_section){
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

int object_open(struct target *target, struct popcorn_error *error)
{
    const uint8_t *bytes;
    uint64_t size_bytes;
    Elf64_Shdr section;
    int result = elf_map_file(target->object_path, &bytes, &size_bytes, error);
    if (result == 0) {
        result = elf_view_open(&target->object, target->object_path, bytes,
                               size_bytes, error);
    }
    if (result == 0 && target->object.header.e_type != ET_REL) {
        result = elf_fail(error, -EINVAL, "%s: not a relocatable object",
                          target->object_path);
    }
    if (result != 0) {
        return result;
    }
    unsigned count = target->object.header.e_shnum;
    struct section_facts *facts = align_alloc(count, sizeof(*facts));
    target->sections = align_alloc(count, sizeof(*target->sections));
    result = read_symbols(target, facts, error);
    for (unsigned i = 1;
         result == 0 && elf_view_section(&target->object, i, &section); i++) {
        const char *name = elf_view_section_name(&target->object, &section);
        target->has_stack_maps |= strcmp(name, ".llvm_stackmaps") == 0;
        target->has_debug_info |= strcmp(name, ".debug_info") == 0;
        if ((section.sh_flags & SHF_ALLOC) &&
            strcmp(name, ".llvm_stackmaps") != 0) {
            result = add_section(target, i, &section, name, &facts[i], error);
        }
    }
    free(facts);
    return result;
}

/* Appends bytes to the copy, whose allocation is large enough. */
static uint64_t append(uint8_t *copy, uint64_t *used, const void *bytes,
                       uint64_t size_bytes)
{
    uint64_t at = (*used + 15) / 16 * 16;
    if (size_bytes != 0) {
        memcpy(copy + at, bytes, size_bytes);
    }
    *used = at + size_bytes;
    return at;
}

/* Code that is shorter than its slot gets a longer section, filled with zero
 * bytes: the linker then makes the next one start where it does everywhere. */
static void fill_slot(const struct target *target, Elf64_Shdr *header,
                      uint64_t slot_bytes, uint8_t *copy, uint64_t *used)
{
    const uint8_t *code = elf_view_data(&target->object, header);
    if (code != NULL && slot_bytes > header->sh_size) {
        header->sh_offset = append(copy, used, code, header->sh_size);
        memset(copy + *used, 0, slot_bytes - header->sh_size);
        *used += slot_bytes - header->sh_size;
        header->sh_size = slot_bytes;
    }
}

/* Gives the shared sections their names, alignment and sizes. */
static void prepare_sections(const struct target *target,
                             const struct layout *layout, uint8_t *copy,
                             uint64_t *used, char *names, uint64_t *names_bytes)
{
    uint8_t *headers = copy + target->object.header.e_shoff;
    for (unsigned i = 0; i < target->section_count; i++) {
        const struct object_section *s = &target->sections[i];
        int number = layout_find(layout, s);
        const struct shared_section *shared = &layout->shared[number];
        Elf64_Shdr header;
        char *name = align_format(".popcorn.%s.%08x.%d",
                                  shared->live ? kind_name[s->kind] : "dead",
                                  shared->live ? shared->rank : 0, number);
        memcpy(&header, headers + s->index * sizeof(header), sizeof(header));
        if (s->kind == KIND_TEXT) {
            fill_slot(target, &header, shared->slot_bytes, copy, used);
        }
        header.sh_addralign = shared->align;
        header.sh_name = (Elf64_Word)*names_bytes;
        memcpy(headers + s->index * sizeof(header), &header, sizeof(header));
        memcpy(names + *names_bytes, name, strlen(name) + 1);
        *names_bytes += strlen(name) + 1;
        free(name);
    }
}

/* How much fill_slot may append, alignment included. */
static uint64_t slots_max(const struct target *target,
                          const struct layout *layout)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < target->section_count; i++) {
        const struct object_section *s = &target->sections[i];
        if (s->kind == KIND_TEXT) {
            total += layout->shared[layout_find(layout, s)].slot_bytes + 16;
        }
    }
    return total;
}

/* As a section without memory it neither keeps dead functions alive nor takes
 * part in the layout; the linker still relocates it. */
static void unload_stack_maps(const struct target *target, uint8_t *copy)
{
    Elf64_Shdr header;
    unsigned index = elf_view_find(&target->object, ".llvm_stackmaps", &header);
    if (index != 0) {
        header.sh_flags &= ~(Elf64_Xword)SHF_ALLOC;
        memcpy(copy + target->object.header.e_shoff + index * sizeof(header),
               &header, sizeof(header));
    }
}

/* One more section needs a longer header table, at a new place. */
static void add_framemap(uint8_t *copy, uint64_t *used, Elf64_Word name,
                         const uint8_t *framemap, uint64_t framemap_bytes)
{
    Elf64_Ehdr header;
    Elf64_Shdr section = {.sh_name = name,
                          .sh_type = SHT_PROGBITS,
                          .sh_flags = SHF_ALLOC,
                          .sh_size = framemap_bytes,
                          .sh_addralign = 16};
    memcpy(&header, copy, sizeof(header));
    section.sh_offset = append(copy, used, framemap, framemap_bytes);
    header.e_shoff = append(copy, used, copy + header.e_shoff,
                            header.e_shnum * sizeof(section));
    memcpy(copy + *used, &section, sizeof(section));
    *used += sizeof(section);
    header.e_shnum++;
    memcpy(copy, &header, sizeof(header));
}

int object_write_renamed(const struct target *target,
                         const struct layout *layout, const uint8_t *framemap,
                         uint64_t framemap_bytes, const char *path,
                         struct popcorn_error *error)
{
    static const char framemap_name[] = ".popcorn.framemap";
    const struct elf_view *object = &target->object;
    unsigned names_index = object->header.e_shstrndx;
    Elf64_Shdr names_header;
    if (!elf_view_section(object, names_index, &names_header) ||
        elf_view_data(object, &names_header) == NULL) {
        return elf_fail(error, -EBADMSG, "%s: corrupt: no section names",
                        target->object_path);
    }
    uint64_t names_max = names_header.sh_size + target->section_count * 48ull +
                         sizeof(framemap_name);
    char *names = align_alloc(names_max, 1);
    uint8_t *copy =
        align_alloc(2 * object->size_bytes + slots_max(target, layout) +
                        names_max + framemap_bytes + 4096,
                    1);
    uint64_t used = object->size_bytes;
    uint64_t names_bytes = names_header.sh_size;
    memcpy(copy, object->bytes, object->size_bytes);
    memcpy(names, elf_view_data(object, &names_header), names_bytes);
    prepare_sections(target, layout, copy, &used, names, &names_bytes);
    unload_stack_maps(target, copy);
    Elf64_Word framemap_at = (Elf64_Word)names_bytes;
    memcpy(names + names_bytes, framemap_name, sizeof(framemap_name));
    names_bytes += sizeof(framemap_name);
    names_header.sh_offset = append(copy, &used, names, names_bytes);
    names_header.sh_size = names_bytes;
    memcpy(copy + object->header.e_shoff + names_index * sizeof(names_header),
           &names_header, sizeof(names_header));
    if (framemap_bytes != 0) {
        add_framemap(copy, &used, framemap_at, framemap, framemap_bytes);
    }
    int result = align_write_file(path, copy, used, error);
    free(copy);
    free(names);
    return result;
}
