/* Checks that the images are made of the modules they are said to be made of.
 *
 * What resolve.c and copy.c decided is compared with what the link made: the
 * stack maps, symbols and map file of each image, against the modules' own
 * unchanged parts.  The bases of call-site ids are counted again.
 */
#include "linker/aligner/verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/aligner/aligner.h"

/* --- an image's symbols --- */

struct name_value {
    const char *name;
    uint64_t value;
    unsigned type;
    bool global;
};

struct names {
    struct name_value *by_name;
    uint64_t count;
};

static int compare_names(const void *a, const void *b)
{
    const struct name_value *x = a;
    const struct name_value *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : x->value < y->value ? -1 : x->value > y->value;
}

static int read_names(const struct elf_view *image, struct names *names,
                      struct popcorn_error *error)
{
    struct elf_symbols symbols;
    int result = elf_view_symbols(image, &symbols, error);
    names->by_name = align_alloc(symbols.count, sizeof(*names->by_name));
    names->count = 0;
    for (uint64_t i = 1; result == 0 && i < symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&symbols, i);
        if (symbol.st_shndx != SHN_UNDEF) {
            names->by_name[names->count++] = (struct name_value){
                elf_symbol_name(&symbols, &symbol), symbol.st_value,
                ELF64_ST_TYPE(symbol.st_info),
                ELF64_ST_BIND(symbol.st_info) != STB_LOCAL};
        }
    }
    qsort(names->by_name, names->count, sizeof(*names->by_name), compare_names);
    return result;
}

/* The first of a name; the others follow it. */
static const struct name_value *find_name(const struct names *names,
                                          const char *name)
{
    uint64_t low = 0;
    for (uint64_t high = names->count; low < high;) {
        uint64_t middle = low + (high - low) / 2;
        if (strcmp(names->by_name[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < names->count && strcmp(names->by_name[low].name, name) == 0
               ? &names->by_name[low]
               : NULL;
}

static const struct name_value *find_global(const struct names *names,
                                            const char *name)
{
    const struct name_value *found = find_name(names, name);
    const struct name_value *end = names->by_name + names->count;
    while (found != NULL && !found->global) {
        found++;
        if (found == end || strcmp(found->name, name) != 0) {
            return NULL;
        }
    }
    return found;
}

static bool has_name_at(const struct names *names, const char *name,
                        uint64_t value)
{
    const struct name_value *found = find_name(names, name);
    const struct name_value *end = names->by_name + names->count;
    for (; found != NULL && found != end && strcmp(found->name, name) == 0;
         found++) {
        if (found->value == value) {
            return true;
        }
    }
    return false;
}

/* --- stack maps, of a part and of the image, side by side --- */

struct cursor {
    const uint8_t *start, *next, *end;
};

static const uint8_t *take(struct cursor *cursor, uint64_t bytes)
{
    const uint8_t *here = cursor->next;
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

struct table {
    uint64_t functions, constants, records;
    const uint8_t *function; /* 24 bytes each */
    uint64_t function_at;    /* offset in the section */
};

static bool open_table(struct cursor *cursor, struct table *table)
{
    const uint8_t *header = take(cursor, 16);
    if (header == NULL || header[0] != 3) {
        return false;
    }
    table->functions = number_at(header + 4, 4);
    table->constants = number_at(header + 8, 4);
    table->records = number_at(header + 12, 4);
    table->function_at = (uint64_t)(cursor->next - cursor->start);
    table->function = take(cursor, 24 * table->functions);
    return table->function != NULL &&
           take(cursor, 8 * table->constants) != NULL;
}

/* The id of the next record; false at a damaged one. */
static bool next_record(struct cursor *cursor, uint64_t *id)
{
    const uint8_t *head = take(cursor, 16);
    if (head == NULL || take(cursor, 12 * number_at(head + 14, 2)) == NULL ||
        !skip_to_8(cursor)) {
        return false;
    }
    *id = number_at(head, 8);
    const uint8_t *live = take(cursor, 4);
    return live != NULL && take(cursor, 4 * number_at(live + 2, 2)) != NULL &&
           skip_to_8(cursor);
}

static bool open_maps(const struct elf_view *file, struct cursor *cursor)
{
    Elf64_Shdr section;
    *cursor = (struct cursor){0};
    if (elf_view_find(file, ".llvm_stackmaps", &section) == 0) {
        return false;
    }
    const uint8_t *bytes = elf_view_data(file, &section);
    if (bytes != NULL) {
        *cursor = (struct cursor){bytes, bytes, bytes + section.sh_size};
    }
    return bytes != NULL;
}

/* An id and the function it is in, in one image. */
struct site {
    uint32_t id;
    uint64_t function;
};

struct check {
    const char *isa;
    const struct program *program;
    unsigned isa_index;
    struct names names; /* of the image */
    struct site *sites;
    uint64_t site_count;
    struct popcorn_error *error;
};

static void add_site(struct check *c, uint32_t id, uint64_t function)
{
    c->sites = align_room(c->sites, c->site_count, sizeof(*c->sites));
    c->sites[c->site_count++] = (struct site){id, function};
}

/* By what names a part's stack maps name their functions. */
struct map_names {
    struct elf_symbols symbols;
    const uint8_t *relocations;
    uint64_t count;
    uint64_t next; /* where the next is looked for first */
};

static void open_map_names(const struct elf_view *part, struct map_names *names)
{
    struct popcorn_error ignored = {0};
    Elf64_Shdr section;
    *names = (struct map_names){0};
    if (elf_view_find(part, ".rela.llvm_stackmaps", &section) != 0 &&
        elf_view_symbols(part, &names->symbols, &ignored) == 0) {
        names->relocations = elf_view_data(part, &section);
        names->count = names->relocations != NULL
                           ? section.sh_size / sizeof(Elf64_Rela)
                           : 0;
    }
}

/* Of the function whose row is at an offset; NULL if it is no name but a place.
 * Rows are asked for in their order, and so are the relocations. */
static const char *function_name(const struct module *module,
                                 struct map_names *names, uint64_t offset)
{
    for (uint64_t tried = 0; tried < names->count; tried++) {
        Elf64_Rela relocation;
        memcpy(&relocation,
               names->relocations + names->next * sizeof(relocation),
               sizeof(relocation));
        names->next = (names->next + 1) % names->count;
        if (relocation.r_offset != offset) {
            continue;
        }
        uint64_t index = ELF64_R_SYM(relocation.r_info);
        Elf64_Sym symbol = {0};
        if (index < names->symbols.count) {
            symbol = elf_symbol(&names->symbols, index);
        }
        const char *name = elf_symbol_name(&names->symbols, &symbol);
        if (ELF64_ST_BIND(symbol.st_info) != STB_LOCAL) {
            name = module_symbol_name(module, name);
        }
        return relocation.r_addend == 0 && name[0] != '\0' ? name : NULL;
    }
    return NULL;
}

static int other_maps(const struct check *c, const struct module *module)
{
    return elf_fail(c->error, -EBADMSG,
                    "the %s image's stack maps are not those of %s where they "
                    "should be: another object is in its place",
                    c->isa, module->name);
}

static int compare_record(struct check *c, const struct module *module,
                          uint64_t base, uint64_t address, uint64_t own,
                          uint64_t linked)
{
    const uint64_t low = UINT32_MAX;
    if ((own & low) == 0 || (own & low) > module->object.sites) {
        return elf_fail(c->error, -EBADMSG,
                        "%s: call site %llu is not one of its %u", module->name,
                        (unsigned long long)(own & low), module->object.sites);
    }
    if (linked != own + base) {
        return elf_fail(c->error, -EBADMSG,
                        "call site %llu of %s is %llu in the %s image, and "
                        "should be %llu",
                        (unsigned long long)(own & low), module->name,
                        (unsigned long long)(linked & low), c->isa,
                        (unsigned long long)((own + base) & low));
    }
    if (address != 0) {
        add_site(c, (uint32_t)linked, address);
    }
    return 0;
}

static int compare_function(struct check *c, const struct module *module,
                            uint64_t base, const struct table *own,
                            struct cursor *own_cursor,
                            const struct table *linked,
                            struct cursor *linked_cursor,
                            struct map_names *names, uint64_t index)
{
    const uint8_t *own_row = own->function + 24 * index;
    const uint8_t *linked_row = linked->function + 24 * index;
    uint64_t address = number_at(linked_row, 8);
    uint64_t records = number_at(own_row + 16, 8);
    const char *name =
        function_name(module, names, own->function_at + 24 * index);
    if (memcmp(own_row + 8, linked_row + 8, 16) != 0 ||
        (address != 0 && name != NULL &&
         !has_name_at(&c->names, name, address))) {
        return other_maps(c, module);
    }
    for (uint64_t i = 0; i < records; i++) {
        uint64_t own_id, linked_id;
        if (!next_record(own_cursor, &own_id) ||
            !next_record(linked_cursor, &linked_id)) {
            return other_maps(c, module);
        }
        int result =
            compare_record(c, module, base, address, own_id, linked_id);
        if (result != 0) {
            return result;
        }
    }
    return 0;
}

/* The tables of one module: they come in the order of the modules. */
static int compare_module(struct check *c, const struct module *module,
                          uint64_t base, struct cursor *linked)
{
    const struct elf_view *part = &module->part[c->isa_index].object;
    struct map_names names;
    struct cursor own;
    if (!open_maps(part, &own)) {
        return 0;
    }
    open_map_names(part, &names);
    while (own.next < own.end) {
        struct table a, b;
        if (!skip_to_8(linked) || !open_table(&own, &a) ||
            !open_table(linked, &b) || a.functions != b.functions ||
            a.constants != b.constants || a.records != b.records) {
            return other_maps(c, module);
        }
        for (uint64_t i = 0; i < a.functions; i++) {
            int result = compare_function(c, module, base, &a, &own, &b, linked,
                                          &names, i);
            if (result != 0) {
                return result;
            }
        }
        if (!skip_to_8(&own) || !skip_to_8(linked)) {
            return other_maps(c, module);
        }
    }
    return 0;
}

static int compare_sites(const void *a, const void *b)
{
    const struct site *x = a;
    const struct site *y = b;
    return x->id != y->id              ? (x->id < y->id ? -1 : 1)
           : x->function < y->function ? -1
                                       : x->function > y->function;
}

static int check_unique(struct check *c)
{
    qsort(c->sites, c->site_count, sizeof(*c->sites), compare_sites);
    for (uint64_t i = 1; i < c->site_count; i++) {
        if (c->sites[i].id == c->sites[i - 1].id &&
            c->sites[i].function != c->sites[i - 1].function) {
            return elf_fail(c->error, -EBADMSG,
                            "call site %u is in two functions of the %s image",
                            c->sites[i].id, c->isa);
        }
    }
    return 0;
}

/* __popcorn_site_base.<k>, where a module asks for it. */
static int check_base(const struct check *c, const struct module *module,
                      uint64_t base)
{
    char *own = align_format("__popcorn_site_base.%u", module->number);
    const struct name_value *found = find_global(&c->names, own);
    int result = found == NULL || found->value == base
                     ? 0
                     : elf_fail(c->error, -EBADMSG,
                                "%s is told that its call sites begin behind "
                                "%llu in the %s image, and they do behind %llu",
                                module->name, (unsigned long long)found->value,
                                c->isa, (unsigned long long)base);
    free(own);
    return result;
}

static int compare_addresses(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* What a module calls by plain calls has no call site of its own. */
static int check_requires(struct check *c)
{
    uint64_t *functions = align_alloc(c->site_count, sizeof(*functions));
    int result = 0;
    for (uint64_t i = 0; i < c->site_count; i++) {
        functions[i] = c->sites[i].function;
    }
    qsort(functions, c->site_count, sizeof(*functions), compare_addresses);
    for (unsigned m = 0; m < c->program->module_count && result == 0; m++) {
        const struct multi_object *object = &c->program->modules[m]->object;
        for (unsigned i = 0; i < object->fact_count && result == 0; i++) {
            const struct multi_object_fact *fact = &object->facts[i];
            const struct name_value *found =
                fact->kind == FACT_REQUIRE ? find_global(&c->names, fact->name)
                                           : NULL;
            if (found != NULL && found->type == STT_FUNC &&
                bsearch(&found->value, functions, c->site_count,
                        sizeof(*functions), compare_addresses) != NULL) {
                result = elf_fail(
                    c->error, -EBADMSG,
                    "%s calls %s as one in which a thread cannot move, but in "
                    "the %s image it has call sites",
                    c->program->modules[m]->name, fact->name, c->isa);
            }
        }
    }
    free(functions);
    return result;
}

static int verify_image_sites(struct check *c, const struct elf_view *image,
                              const struct elf_view *sites)
{
    struct cursor linked;
    uint64_t base = 0;
    bool has_maps = open_maps(sites, &linked);
    int result = read_names(image, &c->names, c->error);
    for (unsigned m = 0; m < c->program->module_count && result == 0; m++) {
        const struct module *module = c->program->modules[m];
        if (has_maps) {
            result = compare_module(c, module, base, &linked);
        }
        if (result == 0) {
            result = check_base(c, module, base);
        }
        base += module->object.sites;
    }
    if (result == 0) {
        result = check_unique(c);
    }
    if (result == 0) {
        result = check_requires(c);
    }
    free(c->names.by_name);
    free(c->sites);
    return result;
}

int verify_module_sites(const struct verify_image *images, unsigned count,
                        const struct program *program,
                        struct popcorn_error *error)
{
    int result = 0;
    for (unsigned i = 0; i < count && result == 0; i++) {
        struct check check = {.isa = images[i].isa,
                              .program = program,
                              .isa_index = i,
                              .error = error};
        result = verify_image_sites(&check, images[i].image, images[i].sites);
    }
    return result;
}

/* --- what names mean --- */

/* Where a part of a module's object is, by the link's map. */
struct extent {
    uint64_t start, end;
    unsigned module;
};

struct extents {
    struct extent *list;
    uint64_t count;
};

static void note_extent(void *context, const char *file, const char *section,
                        uint64_t address, uint64_t size_bytes)
{
    struct extents *extents = context;
    const char *member = strstr(file, "(module.");
    if (member == NULL || section[0] != '.') {
        return;
    }
    extents->list =
        align_room(extents->list, extents->count, sizeof(*extents->list));
    extents->list[extents->count++] = (struct extent){
        address, address + size_bytes, (unsigned)strtoul(member + 8, NULL, 10)};
}

static int compare_extents(const void *a, const void *b)
{
    const struct extent *x = a;
    const struct extent *y = b;
    return x->start != y->start ? (x->start < y->start ? -1 : 1)
                                : (x->end < y->end ? -1 : x->end > y->end);
}

/* Is there a part of the module at an address, or does one end there? */
static bool is_in_module(const struct extents *extents, uint64_t address,
                         unsigned module)
{
    uint64_t low = 0;
    for (uint64_t high = extents->count; low < high;) {
        uint64_t middle = low + (high - low) / 2;
        if (extents->list[middle].start <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    /* Parts do not overlap: only empty ones are between. */
    for (uint64_t i = low; i-- > 0 && extents->list[i].end + 64 >= address;) {
        if (extents->list[i].module == module &&
            extents->list[i].end >= address) {
            return true;
        }
    }
    return false;
}

/* A global that the image has lies in the module that was chosen for it. */
static int verify_image_names(const char *isa, const struct elf_view *image,
                              const struct program *program, unsigned isa_index,
                              const struct extents *extents,
                              struct popcorn_error *error)
{
    struct names names;
    int result = read_names(image, &names, error);
    const struct name_value *tls = find_name(&names, "__popcorn_tls_start");
    for (uint32_t i = 0; i < program->global_count && result == 0; i++) {
        const struct global *global = &program->globals[i];
        const struct module *module = symbol_module(program, global, isa_index);
        const struct name_value *found =
            module != NULL && global->on[isa_index].state == SYMBOL_DEFINED
                ? find_global(&names, global->name)
                : NULL;
        if (found == NULL || found->type == STT_NOTYPE) {
            continue; /* dropped; or a number */
        }
        uint64_t address =
            found->value +
            (found->type == STT_TLS && tls != NULL ? tls->value : 0);
        if (!is_in_module(extents, address, module->number)) {
            result = elf_fail(error, -EBADMSG,
                              "%s is not from %s in the %s image, although "
                              "that was chosen for it",
                              global->name, module->name, isa);
        }
    }
    free(names.by_name);
    return result;
}

/* Which modules have something in the shared part. */
static bool *shared_modules(const struct elf_view *image,
                            const struct program *program,
                            const struct extents *extents)
{
    struct popcorn_error ignored = {0};
    struct names names;
    bool *has = align_alloc(program->module_count, sizeof(*has));
    if (read_names(image, &names, &ignored) == 0) {
        const struct name_value *start =
            find_name(&names, "__popcorn_shared_text_start");
        const struct name_value *end =
            find_name(&names, "__popcorn_shared_end");
        for (uint64_t i = 0; i < extents->count; i++) {
            const struct extent *e = &extents->list[i];
            if (start != NULL && end != NULL && e->start >= start->value &&
                e->end <= end->value && e->start != e->end &&
                e->module < program->module_count) {
                has[e->module] = true;
            }
        }
    }
    free(names.by_name);
    return has;
}

int verify_module_names(const struct verify_image *images,
                        const char *const *maps, unsigned count,
                        const struct program *program,
                        struct popcorn_error *error)
{
    bool *first = NULL;
    int result = 0;
    for (unsigned i = 0; i < count && result == 0; i++) {
        struct extents extents = {0};
        result = map_each_input(maps[i], note_extent, &extents, error);
        qsort(extents.list, extents.count, sizeof(*extents.list),
              compare_extents);
        if (result == 0) {
            result = verify_image_names(images[i].isa, images[i].image, program,
                                        i, &extents, error);
        }
        bool *has = shared_modules(images[i].image, program, &extents);
        for (unsigned m = 0;
             first != NULL && m < program->module_count && result == 0; m++) {
            if (has[m] != first[m]) {
                result = elf_fail(error, -EBADMSG,
                                  "%s is in the %s image but not in the %s "
                                  "image",
                                  program->modules[m]->name,
                                  images[first[m] ? 0 : i].isa,
                                  images[first[m] ? i : 0].isa);
            }
        }
        free(extents.list);
        if (first == NULL) {
            first = has;
        } else {
            free(has);
        }
    }
    free(first);
    return result;
}
