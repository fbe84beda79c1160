/* The linked image: sections, symbols, stack maps.
 *
 * Specification of .llvm_stackmaps: LLVM 19, "Stack maps and patch points",
 * version 3; of a statepoint's locations: "Garbage Collection Safepoints".
 * The section of a linked image is one or more such tables in a row.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "linker/framemap/framemap.h"

enum { STACK_MAP_VERSION = 3 };
#define TOKEN_FLAG (UINT64_C(1) << 32)

struct reader {
    const struct image *image;
    const uint8_t *start, *next, *end;
};

static uint64_t take(struct reader *reader, unsigned size_bytes)
{
    uint64_t value = 0;

    if ((size_t)(reader->end - reader->next) < size_bytes) {
        fail("%s: .llvm_stackmaps is truncated", reader->image->path);
    }
    memcpy(&value, reader->next, size_bytes);
    reader->next += size_bytes;
    return value;
}

static void align_reader(struct reader *reader)
{
    while ((reader->next - reader->start) % 8 != 0) {
        take(reader, 1);
    }
}

static int by_address(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;

    return x->address < y->address   ? -1
           : x->address > y->address ? 1
                                     : strcmp(x->name, y->name);
}

static void read_symbols(struct image *image, Elf_Scn *section,
                         const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count = data != NULL && header->sh_entsize != 0
                       ? data->d_size / header->sh_entsize
                       : 0;

    image->symbols = allocate(NULL, count + 1, sizeof *image->symbols);
    for (size_t i = 0; i < count; i++) {
        GElf_Sym symbol;
        const char *name;
        if (gelf_getsym(data, (int)i, &symbol) == NULL) {
            continue;
        }
        name = elf_strptr(image->elf, header->sh_link, symbol.st_name);
        if (name == NULL) {
            continue;
        }
        if (strcmp(name, "__popcorn_program_id") == 0) {
            image->is_popcorn = true;
        }
        if (GELF_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_value != 0) {
            image->symbols[image->symbol_count++] =
                (struct symbol){symbol.st_value, symbol.st_size, name};
        }
    }
    qsort(image->symbols, image->symbol_count, sizeof *image->symbols,
          by_address);
}

static void check_machine(struct image *image)
{
    GElf_Ehdr header;

    if (elf_kind(image->elf) != ELF_K_ELF ||
        gelf_getehdr(image->elf, &header) == NULL) {
        fail("%s: not an ELF file", image->path);
    }
    if (header.e_machine != image->isa->elf_machine) {
        const struct isa *other = popcorn_isa_by_elf_machine(header.e_machine);
        fail("%s: is for %s, --isa says %s", image->path,
             other != NULL ? other->name : "an unknown machine",
             image->isa->name);
    }
    if (header.e_type != ET_EXEC) {
        fail("%s: not a static executable with final addresses (ET_EXEC)",
             image->path);
    }
}

void image_open(struct image *image, const char *path, const struct isa *isa)
{
    Elf_Scn *section = NULL;

    memset(image, 0, sizeof *image);
    image->path = path;
    image->isa = isa;
    image->file = open(path, O_RDONLY | O_CLOEXEC);
    if (image->file < 0) {
        fail("%s: %s", path, strerror(errno));
    }
    elf_version(EV_CURRENT);
    image->elf = elf_begin(image->file, ELF_C_READ_MMAP, NULL);
    if (image->elf == NULL) {
        fail("%s: %s", path, elf_errmsg(-1));
    }
    check_machine(image);
    while ((section = elf_nextscn(image->elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL) {
            fail("%s: %s", path, elf_errmsg(-1));
        }
        if (header.sh_type == SHT_SYMTAB && image->symbols == NULL) {
            read_symbols(image, section, &header);
        }
        if (header.sh_flags & SHF_EXECINSTR) {
            image->text_bytes += header.sh_size;
        }
    }
}

/* Of a statepoint's locations the live values: after calling convention,
 * flags, deopt count and deopt values come (base, derived) pairs; both name
 * the same value in our code. */
static void find_values(const struct image *image, struct call_site *site)
{
    struct raw_location *all = site->locations;
    unsigned count = site->location_count, first;

    if (count < 3 || all[2].kind != RAW_CONSTANT || all[2].offset < 0 ||
        (unsigned)all[2].offset > count - 3) {
        fail_at(image, site, "is not a statepoint record");
    }
    first = 3 + (unsigned)all[2].offset;
    if ((count - first) % 2 != 0) {
        fail_at(image, site, "has an odd number of locations (%u)",
                count - first);
    }
    site->values = all;
    for (unsigned i = first; i < count; i += 2) {
        const struct raw_location *base = &all[i], *derived = &all[i + 1];
        if (base->kind != derived->kind || base->offset != derived->offset ||
            base->dwarf_reg != derived->dwarf_reg) {
            fail_at(image, site, "live value %u is derived from another one",
                    site->value_count);
        }
        all[site->value_count++] = *derived;
    }
}

static void read_record(struct reader *reader, struct call_site *site,
                        uint64_t function, const uint64_t *constants,
                        uint32_t constant_count)
{
    uint64_t id = take(reader, 8);
    unsigned live_outs;

    site->id = (uint32_t)id;
    site->token = (id & TOKEN_FLAG) != 0;
    site->pc = function + take(reader, 4);
    take(reader, 2);
    site->location_count = (unsigned)take(reader, 2);
    site->locations =
        allocate(NULL, site->location_count + 1, sizeof *site->locations);
    for (unsigned i = 0; i < site->location_count; i++) {
        struct raw_location *location = &site->locations[i];
        location->kind = (uint8_t)take(reader, 1);
        take(reader, 1);
        location->size_bytes = (uint16_t)take(reader, 2);
        location->dwarf_reg = (uint16_t)take(reader, 2);
        take(reader, 2);
        location->offset = (int32_t)take(reader, 4);
        location->constant = 0;
        if (location->kind == RAW_CONSTANT_INDEX) {
            if ((uint32_t)location->offset >= constant_count) {
                fail_at(reader->image, site, "names constant %u of %u",
                        (uint32_t)location->offset, constant_count);
            }
            location->constant = constants[location->offset];
        }
    }
    align_reader(reader);
    take(reader, 2);
    live_outs = (unsigned)take(reader, 2);
    for (unsigned i = 0; i < live_outs; i++) {
        take(reader, 4);
    }
    align_reader(reader);
    if ((id & ~(TOKEN_FLAG | UINT32_MAX)) != 0 || site->id == 0) {
        fail_at(reader->image, site, "has an id that is none of Popcorn's");
    }
    find_values(reader->image, site);
}

/* Before memory for them is asked for: so many records of at least
 * `record_bytes` each can be there. */
static uint32_t take_count(struct reader *reader, size_t record_bytes)
{
    uint32_t count = (uint32_t)take(reader, 4);

    if (count > (size_t)(reader->end - reader->next) / record_bytes) {
        fail("%s: .llvm_stackmaps is truncated", reader->image->path);
    }
    return count;
}

/* One table: header, functions, constants, records in the functions' order. */
static void read_table(struct image *image, struct reader *reader)
{
    uint32_t function_count, constant_count, record_count, seen = 0;
    const uint8_t *functions;
    uint64_t *constants;
    unsigned version = (unsigned)take(reader, 1);

    if (version != STACK_MAP_VERSION) {
        fail("%s: .llvm_stackmaps of version %u, this reads version %d",
             image->path, version, STACK_MAP_VERSION);
    }
    take(reader, 3);
    function_count = take_count(reader, 24);
    constant_count = take_count(reader, 8);
    record_count = take_count(reader, 24);
    functions = reader->next;
    for (uint32_t i = 0; i < function_count; i++) {
        take(reader, 8);
        take(reader, 8);
        take(reader, 8);
    }
    constants = allocate(NULL, (size_t)constant_count + 1, 8);
    for (uint32_t i = 0; i < constant_count; i++) {
        constants[i] = take(reader, 8);
    }
    image->sites = allocate(image->sites, image->site_count + record_count + 1,
                            sizeof *image->sites);
    for (uint32_t i = 0; i < function_count; i++) {
        uint64_t row[3]; /* address, stack size, records */
        memcpy(row, functions + (size_t)i * sizeof row, sizeof row);
        if (row[2] > record_count - seen) {
            fail("%s: .llvm_stackmaps is corrupt: functions claim more "
                 "records than there are",
                 image->path);
        }
        seen += (uint32_t)row[2];
        for (uint64_t k = 0; k < row[2]; k++) {
            struct call_site *site = &image->sites[image->site_count];
            memset(site, 0, sizeof *site);
            site->stack_bytes = row[1];
            read_record(reader, site, row[0], constants, constant_count);
            /* A function the linker dropped has no address. */
            image->site_count += row[0] != 0;
        }
    }
    image->record_count += record_count;
    if (seen != record_count) {
        fail("%s: .llvm_stackmaps is corrupt: %u records belong to no "
             "function",
             image->path, record_count - seen);
    }
    free(constants);
}

void image_read_stack_maps(struct image *image)
{
    Elf_Scn *section = NULL;
    size_t names;
    bool found = false;

    if (elf_getshdrstrndx(image->elf, &names) != 0) {
        fail("%s: %s", image->path, elf_errmsg(-1));
    }
    while ((section = elf_nextscn(image->elf, section)) != NULL) {
        GElf_Shdr header;
        const char *name;
        Elf_Data *data;
        if (gelf_getshdr(section, &header) == NULL ||
            (name = elf_strptr(image->elf, names, header.sh_name)) == NULL ||
            strcmp(name, ".llvm_stackmaps") != 0) {
            continue;
        }
        data = elf_rawdata(section, NULL);
        if (data == NULL || data->d_buf == NULL) {
            fail("%s: .llvm_stackmaps cannot be read", image->path);
        }
        found = true;
        struct reader reader = {image, data->d_buf, data->d_buf,
                                (const uint8_t *)data->d_buf + data->d_size};
        while (reader.next != reader.end) {
            read_table(image, &reader);
            align_reader(&reader);
        }
    }
    if (!found && image->is_popcorn) {
        fail("%s: has no .llvm_stackmaps, so its threads could never move: "
             "keep that section in the link",
             image->path);
    }
}
