/* The object of what the link itself defines, the same for every ISA: the
 * program id (modules have only their own), and the common symbols, each at its
 * largest size.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "isa/isa.h"
#include "linker/aligner/aligner.h"
#include "linker/pack/digest.h"

static const char id_name[] = "__popcorn_program_id";
static const char id_tag[] = "popcorn program 1";

struct builder {
    uint8_t *bytes;
    uint64_t used;
    char *names; /* of sections and of symbols */
    uint64_t names_used;
    Elf64_Shdr *sections;
    unsigned section_count;
    Elf64_Sym *symbols;
    unsigned symbol_count;
};

static Elf64_Word add_name(struct builder *b, const char *prefix,
                           const char *name)
{
    Elf64_Word at = (Elf64_Word)b->names_used;
    size_t prefix_bytes = strlen(prefix);
    memcpy(b->names + at, prefix, prefix_bytes);
    memcpy(b->names + at + prefix_bytes, name, strlen(name) + 1);
    b->names_used += prefix_bytes + strlen(name) + 1;
    return at;
}

static Elf64_Shdr *add_section(struct builder *b, const char *prefix,
                               const char *name, Elf64_Word type,
                               const void *bytes, uint64_t size_bytes,
                               uint64_t align)
{
    Elf64_Shdr *section = &b->sections[b->section_count++];
    *section = (Elf64_Shdr){.sh_name = add_name(b, prefix, name),
                            .sh_type = type,
                            .sh_size = size_bytes,
                            .sh_addralign = align};
    b->used = (b->used + 15) / 16 * 16;
    section->sh_offset = b->used;
    if (bytes != NULL) {
        memcpy(b->bytes + b->used, bytes, size_bytes);
        b->used += size_bytes;
    }
    return section;
}

/* A datum in a section of its own. */
static void add_datum(struct builder *b, const char *prefix, const char *name,
                      const void *bytes, uint64_t size_bytes, uint64_t align)
{
    Elf64_Shdr *section =
        add_section(b, prefix, name, bytes != NULL ? SHT_PROGBITS : SHT_NOBITS,
                    bytes, size_bytes, align);
    section->sh_flags = SHF_ALLOC | (bytes == NULL ? SHF_WRITE : 0);
    b->symbols[b->symbol_count++] =
        (Elf64_Sym){.st_name = section->sh_name + (Elf64_Word)strlen(prefix),
                    .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
                    .st_shndx = (Elf64_Section)(b->section_count - 1),
                    .st_size = size_bytes};
}

static bool is_common(const struct program *program,
                      const struct global *global)
{
    bool common = false;
    for (unsigned i = 0; i < program->isa_count; i++) {
        common |= global->on[i].state == SYMBOL_COMMON;
    }
    return common && global->neutral_common;
}

static int compute_program_id(const struct program *program, uint8_t *id)
{
    struct bytes text = {0};
    bytes_append(&text, id_tag, sizeof(id_tag));
    for (unsigned i = 0; i < program->module_count; i++) {
        const struct module *module = program->modules[i];
        if (module->object.name != NULL) {
            bytes_append(&text, module->object.id, 32);
        }
        if (module->library != NULL) {
            library_describe(module->library, &text);
        }
    }
    int result = digest_bytes(text.at, text.used, id);
    free(text.at);
    return result;
}

/* Everything but the ELF header's machine, which is the ISA's. */
static void build(const struct program *program, const uint8_t *id,
                  struct builder *b)
{
    Elf64_Ehdr header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
                                     ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                         .e_type = ET_REL,
                         .e_version = EV_CURRENT,
                         .e_ehsize = sizeof(Elf64_Ehdr),
                         .e_shentsize = sizeof(Elf64_Shdr)};
    b->used = sizeof(header);
    b->section_count = 1;
    b->symbol_count = 1;
    b->names_used = 1;
    add_datum(b, ".rodata.", id_name, id, 32, 16);
    for (uint32_t i = 0; i < program->global_count; i++) {
        const struct global *global = &program->globals[i];
        if (is_common(program, global)) {
            add_datum(b, ".bss.", global->name, NULL, global->common_bytes,
                      global->common_align != 0 ? global->common_align : 1);
        }
    }
    Elf64_Shdr *symtab = add_section(b, "", ".symtab", SHT_SYMTAB, b->symbols,
                                     b->symbol_count * sizeof(*b->symbols), 8);
    symtab->sh_entsize = sizeof(*b->symbols);
    symtab->sh_info = 1;
    symtab->sh_link = b->section_count;
    Elf64_Word strtab_name = add_name(b, "", ".strtab");
    Elf64_Shdr *strtab =
        add_section(b, "", "", SHT_STRTAB, b->names, b->names_used, 1);
    strtab->sh_name = strtab_name;
    header.e_shstrndx = (Elf64_Half)(b->section_count - 1);
    header.e_shnum = (Elf64_Half)b->section_count;
    b->used = (b->used + 15) / 16 * 16;
    header.e_shoff = b->used;
    memcpy(b->bytes + b->used, b->sections,
           b->section_count * sizeof(*b->sections));
    b->used += b->section_count * sizeof(*b->sections);
    memcpy(b->bytes, &header, sizeof(header));
}

int own_module(const struct options *options, struct program *program,
               struct popcorn_error *error)
{
    uint8_t id[DIGEST_BYTES];
    const uint8_t *bytes[ALIGN_MAX_ISAS];
    uint64_t sizes[ALIGN_MAX_ISAS];
    unsigned data = 1;
    uint64_t names = 256;
    if (compute_program_id(program, id) != 0) {
        return elf_fail(error, -EIO, "libcrypto cannot compute SHA-256");
    }
    for (uint32_t i = 0; i < program->global_count; i++) {
        if (is_common(program, &program->globals[i])) {
            data++;
            names += strlen(program->globals[i].name) + 16;
        }
    }
    if (data > 60000) {
        return elf_fail(error, -E2BIG,
                        "%u common symbols are too many. Compile without "
                        "-fcommon",
                        data);
    }
    struct builder b = {.names = align_alloc(names, 1),
                        .sections = align_alloc(data + 4, sizeof(Elf64_Shdr)),
                        .symbols = align_alloc(data + 1, sizeof(Elf64_Sym)),
                        .bytes = align_alloc(4096 + 128ull * data + names, 1)};
    build(program, id, &b);
    for (unsigned i = 0; i < program->isa_count; i++) {
        const struct isa *isa = popcorn_isa_by_name(options->target[i].isa);
        uint8_t *copy = align_alloc(b.used, 1);
        memcpy(copy, b.bytes, b.used);
        memcpy(copy + offsetof(Elf64_Ehdr, e_machine), &isa->elf_machine,
               sizeof(isa->elf_machine));
        bytes[i] = copy; /* kept: the module's parts */
        sizes[i] = b.used;
    }
    free(b.names);
    free(b.sections);
    free(b.symbols);
    free(b.bytes);
    return resolve_own_module(options, program, bytes, sizes, error);
}
