/* What of the modules the program needs, as ld.lld's --gc-sections decides it,
 * but on all ISAs at once: what one ISA keeps, all keep.
 *
 * From the roots (entry, -u, init and fini arrays, sections with SHF_GNU_RETAIN
 * or with a C identifier as their name, unless it depends on another) along
 * relocations.  Groups live and die together; what is linked to a section
 * (SHF_LINK_ORDER) lives with it.  In the links every shared section found here is
 * kept by the script, and ld.lld's own verdict on the others is checked: one that it
 * keeps has no place (map.c).
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "linker/aligner/aligner.h"
#include "runtime/base/align.h"

#ifndef SHF_GNU_RETAIN
#define SHF_GNU_RETAIN (1 << 21)
#endif

#define GOT_ROOM 1024

/* What belongs to a section of a part: numbers of others, 0: none. */
struct section_links {
    unsigned relocations; /* the first section of them */
    unsigned next;        /* for these: one more for the same section */
    unsigned group_next;  /* circle of a group's sections */
    unsigned dependent;   /* the first that is linked to it */
    unsigned dependent_next;
};

struct place {
    unsigned module, isa_index, section;
};

/* A name that is needed and not defined. */
struct missing {
    uint32_t global;
    unsigned count;     /* of references */
    struct place place; /* the first */
    uint64_t offset;
};

struct marker {
    const struct options *options;
    struct program *program;
    struct layout *layout;
    struct section_links **links; /* per module and ISA */
    struct place *pending;
    size_t pending_count;
    struct missing *missing;
    unsigned missing_count;
    uint32_t *missing_of; /* per global: 1 + number in `missing` */
    struct popcorn_error *error;
};

static struct part *part_of(const struct marker *m, const struct place *place)
{
    return &m->program->modules[place->module]->part[place->isa_index];
}

static struct section_links *links_of(const struct marker *m,
                                      const struct place *place)
{
    return m->links[place->module * m->program->isa_count + place->isa_index];
}

/* --- what belongs to what --- */

static void link_group(struct section_links *links, unsigned count,
                       const uint8_t *bytes, uint64_t size_bytes)
{
    unsigned first = 0;
    unsigned last = 0;
    for (uint64_t i = 4; bytes != NULL && size_bytes - i >= 4; i += 4) {
        uint32_t index;
        memcpy(&index, bytes + i, sizeof(index));
        if (index != 0 && index < count) {
            links[index].group_next = first != 0 ? first : index;
            if (last != 0) {
                links[last].group_next = index;
            }
            first = first != 0 ? first : index;
            last = index;
        }
    }
}

static struct section_links *read_links(const struct part *part)
{
    unsigned count = part->object.header.e_shnum;
    struct section_links *links = align_alloc(count, sizeof(*links));
    Elf64_Shdr section;
    for (unsigned i = 1; elf_view_section(&part->object, i, &section); i++) {
        if (section.sh_type == SHT_RELA && section.sh_info < count) {
            links[i].next = links[section.sh_info].relocations;
            links[section.sh_info].relocations = i;
        } else if (section.sh_type == SHT_GROUP && section.sh_size >= 4) {
            link_group(links, count, elf_view_data(&part->object, &section),
                       section.sh_size);
        } else if ((section.sh_flags & SHF_LINK_ORDER) &&
                   section.sh_link < count) {
            links[i].dependent_next = links[section.sh_link].dependent;
            links[section.sh_link].dependent = i;
        }
    }
    return links;
}

/* --- marking --- */

static void push(struct marker *m, struct place place)
{
    m->pending = align_room(m->pending, m->pending_count, sizeof(*m->pending));
    m->pending[m->pending_count++] = place;
}

static void mark_one(struct marker *m, struct place place)
{
    struct part *part = part_of(m, &place);
    Elf64_Shdr section;
    if (!elf_view_section(&part->object, place.section, &section) ||
        (section.sh_flags & SHF_ALLOC) == 0 || part->dropped[place.section] ||
        part->live[place.section]) {
        return;
    }
    part->live[place.section] = true;
    push(m, place);
}

/* A shared section is live on every ISA that has it. */
static void mark(struct marker *m, struct place place)
{
    const struct part *part = part_of(m, &place);
    unsigned number = place.section < part->object.header.e_shnum
                          ? part->shared[place.section]
                          : 0;
    if (number == 0) {
        mark_one(m, place);
        return;
    }
    struct shared_section *shared = &m->layout->shared[number - 1];
    if (!shared->live) {
        shared->live = true;
        for (unsigned i = 0; i < m->program->isa_count; i++) {
            if (shared->isa_mask & 1u << i) {
                mark_one(m, (struct place){place.module, i, shared->index[i]});
            }
        }
    }
}

static bool mark_global(struct marker *m, uint32_t number, unsigned isa_index)
{
    const struct resolution *on = &m->program->globals[number].on[isa_index];
    if (on->state == SYMBOL_COMMON) {
        return true; /* of native code, which ld.lld allocates */
    }
    if (on->state != SYMBOL_DEFINED) {
        return false;
    }
    struct place place = {on->module, isa_index, 0};
    Elf64_Sym symbol = elf_symbol(&part_of(m, &place)->symbols, on->symbol);
    place.section = symbol.st_shndx;
    if (symbol.st_shndx < SHN_LORESERVE) {
        mark(m, place);
    }
    return true;
}

static void note_missing(struct marker *m, uint32_t number,
                         const struct place *place, uint64_t offset)
{
    const struct global *global = &m->program->globals[number];
    if (global->on[place->isa_index].weak) {
        return;
    }
    if (m->missing_of[number] == 0) {
        m->missing[m->missing_count++] = (struct missing){.global = number};
        m->missing_of[number] = m->missing_count;
    }
    struct missing *missing = &m->missing[m->missing_of[number] - 1];
    if (missing->count != 0 && place->isa_index != missing->place.isa_index) {
        return; /* said for one ISA */
    }
    if (missing->count++ == 0) {
        missing->place = *place;
        missing->offset = offset;
    }
}

static int follow(struct marker *m, const struct place *place,
                  unsigned relocations)
{
    struct part *part = part_of(m, place);
    Elf64_Shdr section;
    elf_view_section(&part->object, relocations, &section);
    const uint8_t *bytes = elf_view_data(&part->object, &section);
    if (bytes == NULL) {
        return elf_fail(m->error, -EBADMSG,
                        "%s: truncated or corrupt: relocations are outside the "
                        "file",
                        part->object.name);
    }
    for (uint64_t i = 0; i < section.sh_size / sizeof(Elf64_Rela); i++) {
        Elf64_Rela relocation;
        Elf64_Sym symbol;
        if (!part_relocation(part, bytes, i, &relocation, &symbol)) {
            continue;
        }
        if (ELF64_ST_BIND(symbol.st_info) != STB_LOCAL) {
            uint32_t number = part->global[ELF64_R_SYM(relocation.r_info)];
            if (!mark_global(m, number, place->isa_index)) {
                note_missing(m, number, place, relocation.r_offset);
            }
        } else if (symbol.st_shndx != SHN_UNDEF &&
                   symbol.st_shndx < SHN_LORESERVE) {
            mark(m, (struct place){place->module, place->isa_index,
                                   symbol.st_shndx});
        }
    }
    return 0;
}

static bool is_unwind_table(const struct part *part, unsigned index)
{
    Elf64_Shdr section;
    return elf_view_section(&part->object, index, &section) &&
           strcmp(elf_view_section_name(&part->object, &section),
                  ".eh_frame") == 0;
}

static int follow_all(struct marker *m)
{
    int result = 0;
    while (m->pending_count != 0 && result == 0) {
        struct place place = m->pending[--m->pending_count];
        const struct section_links *links = links_of(m, &place);
        const struct section_links *own = &links[place.section];
        /* Of it ld.lld keeps what is about live functions. */
        if (is_unwind_table(part_of(m, &place), place.section)) {
            continue;
        }
        for (unsigned i = own->relocations; i != 0 && result == 0;
             i = links[i].next) {
            result = follow(m, &place, i);
        }
        if (own->group_next != 0) {
            mark(m, (struct place){place.module, place.isa_index,
                                   own->group_next});
        }
        for (unsigned i = own->dependent; i != 0; i = links[i].dependent_next) {
            mark(m, (struct place){place.module, place.isa_index, i});
        }
    }
    return result;
}

/* --- roots --- */

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_root(const Elf64_Shdr *section, const char *name)
{
    return section->sh_type == SHT_INIT_ARRAY ||
           section->sh_type == SHT_FINI_ARRAY ||
           section->sh_type == SHT_PREINIT_ARRAY ||
           (section->sh_flags & SHF_GNU_RETAIN) ||
           (is_c_identifier(name) && !(section->sh_flags & SHF_LINK_ORDER)) ||
           strcmp(name, ".init") == 0 || strcmp(name, ".fini") == 0 ||
           strcmp(name, ".eh_frame") == 0 || strcmp(name, ".jcr") == 0 ||
           starts_with(name, ".init_array") || starts_with(name, ".ctors") ||
           starts_with(name, ".dtors");
}

/* A function in a section with a C identifier as name, in whose place the program has
 * another: no name is left for its code. */
static bool is_replaced(const struct marker *m, struct place place)
{
    const struct part *part = part_of(m, &place);
    bool replaced = false;

    for (uint64_t i = 1; i < part->symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&part->symbols, i);
        if (symbol.st_shndx != place.section ||
            ELF64_ST_TYPE(symbol.st_info) != STT_FUNC) {
            continue;
        }
        const struct resolution *on =
            &m->program->globals[part->global[i]].on[place.isa_index];
        if (ELF64_ST_BIND(symbol.st_info) == STB_LOCAL ||
            (on->module == place.module && on->symbol == i)) {
            return false;
        }
        replaced = true;
    }
    return replaced;
}

static void mark_roots(struct marker *m)
{
    for (unsigned n = 0; n < m->program->module_count; n++) {
        for (unsigned i = 0; i < m->program->isa_count; i++) {
            const struct part *part = &m->program->modules[n]->part[i];
            Elf64_Shdr section;
            for (unsigned k = 1; elf_view_section(&part->object, k, &section);
                 k++) {
                struct place place = {n, i, k};
                if ((section.sh_flags & SHF_ALLOC) &&
                    is_root(&section,
                            elf_view_section_name(&part->object, &section)) &&
                    !is_replaced(m, place)) {
                    mark(m, place);
                }
            }
        }
    }
}

static void mark_name(struct marker *m, const char *name)
{
    const struct global *global = symbol_find(m->program, name);
    for (unsigned i = 0; global != NULL && i < m->program->isa_count; i++) {
        mark_global(m, (uint32_t)(global - m->program->globals), i);
    }
}

/* --- what is missing --- */

static void report_missing(const struct marker *m,
                           const struct missing *missing)
{
    const struct place *place = &missing->place;
    unsigned type = STT_FUNC;
    const char *around = part_symbol_around(part_of(m, place), place->section,
                                            missing->offset, &type);
    char *module = module_describe(m->program->modules[place->module]);
    char *more = missing->count > 1
                     ? align_format(" and %u times more", missing->count - 1)
                     : align_format("%s", "");
    align_report(m->program,
                 "undefined symbol '%s', used by %s%s%s%s%s; link the object "
                 "or library (-l) that defines it",
                 m->program->globals[missing->global].name, module,
                 around == NULL     ? ""
                 : type == STT_FUNC ? ", function '"
                                    : ", variable '",
                 around != NULL ? around : "", around != NULL ? "'" : "", more);
    free(module);
    free(more);
}

/* --- private areas --- */

static int area_of(const Elf64_Shdr *section)
{
    return section->sh_flags & SHF_EXECINSTR ? PRIVATE_TEXT
           : section->sh_flags & SHF_WRITE   ? PRIVATE_DATA
                                             : PRIVATE_RODATA;
}

static void add_to_area(struct private_size *area, const Elf64_Shdr *section)
{
    uint64_t align = section->sh_addralign != 0 ? section->sh_addralign : 1;
    bool no_bits = section->sh_type == SHT_NOBITS;
    uint64_t *bytes = no_bits ? &area->bytes : &area->file_bytes;
    *bytes = round_up(*bytes, align) + section->sh_size;
    area->align = align > area->align ? align : area->align;
}

/* In the order in which ld.lld puts them. What it makes itself (.got) comes on
 * top: if there is more of it than room, the link is repeated. */
static void size_private_areas(struct marker *m)
{
    struct layout *layout = m->layout;
    for (unsigned i = 0; i < m->program->isa_count; i++) {
        struct private_size area[PRIVATE_COUNT] = {0};
        for (unsigned k = 0; k < PRIVATE_COUNT; k++) {
            area[k].file_bytes = k == PRIVATE_DATA ? GOT_ROOM : 8;
            area[k].align = 16;
        }
        for (unsigned n = 0; n < m->program->module_count; n++) {
            const struct part *part = &m->program->modules[n]->part[i];
            Elf64_Shdr section;
            for (unsigned s = 1; elf_view_section(&part->object, s, &section);
                 s++) {
                if (part->live[s] && part->shared[s] == 0) {
                    add_to_area(&area[area_of(&section)], &section);
                }
            }
        }
        for (unsigned k = 0; k < PRIVATE_COUNT; k++) {
            struct private_size *most = &layout->private_size[k];
            uint64_t bytes =
                round_up(area[k].file_bytes, area[k].align) + area[k].bytes;
            most->bytes = bytes > most->bytes ? bytes : most->bytes;
            most->file_bytes = area[k].file_bytes > most->file_bytes
                                   ? area[k].file_bytes
                                   : most->file_bytes;
            most->align =
                area[k].align > most->align ? area[k].align : most->align;
        }
    }
}

int find_live(const struct options *options, struct program *program,
              struct layout *layout, struct popcorn_error *error)
{
    unsigned parts = program->module_count * program->isa_count;
    struct marker m = {
        .options = options,
        .program = program,
        .layout = layout,
        .links = align_alloc(parts, sizeof(*m.links)),
        .missing = align_alloc(program->global_count, sizeof(*m.missing)),
        .missing_of = align_alloc(program->global_count, sizeof(uint32_t)),
        .error = error};
    for (unsigned i = 0; i < parts; i++) {
        m.links[i] = read_links(&program->modules[i / program->isa_count]
                                     ->part[i % program->isa_count]);
    }
    mark_roots(&m);
    mark_name(&m, "_start");
    mark_name(&m, "__popcorn_program_id");
    for (unsigned i = 0; i < options->undefined_count; i++) {
        mark_name(&m, options->undefined[i]);
    }
    int result = follow_all(&m);
    for (unsigned i = 0; i < m.missing_count && result == 0; i++) {
        if (!script_defines(layout,
                            program->globals[m.missing[i].global].name)) {
            report_missing(&m, &m.missing[i]);
        }
    }
    size_private_areas(&m);
    for (unsigned i = 0; i < parts; i++) {
        free(m.links[i]);
    }
    free(m.links);
    free(m.pending);
    free(m.missing);
    free(m.missing_of);
    return result;
}
