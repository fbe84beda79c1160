/* Gives every shared section one address for all ISAs.
 *
 * Memory order: node page, ISA-private text, rodata, data; then shared text,
 * rodata with init/fini arrays and the TLS image, data and bss; then the frame
 * maps.  Every part starts on a POPCORN_SEGMENT_ALIGN page of its own.  The
 * frame maps come last because their size is known only after everything else
 * has its address.
 */
#include "linker/aligner/aligner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/align.h"
#include "runtime/base/layout.h"

#define FILE_ALIGN 64     /* of segments, if nothing needs more */
#define HEADER_BYTES 1024 /* no less than the ELF and program headers */

/* Text may call from its first byte to its last. */
#define CALL_REACH(bytes)                                                      \
    _Static_assert(                                                            \
        POPCORN_IMAGE_TEXT_LIMIT - POPCORN_IMAGE_BASE <= (bytes),              \
        "POPCORN_IMAGE_TEXT_LIMIT is out of reach of an ISA's call");
#include "isa/isas.def"

const char *const kind_name[KIND_COUNT] = {
    [KIND_TEXT] = "text", [KIND_RODATA] = "rodata", [KIND_PREINIT] = "preinit",
    [KIND_INIT] = "init", [KIND_FINI] = "fini",     [KIND_TDATA] = "tdata",
    [KIND_TBSS] = "tbss", [KIND_DATA] = "data",     [KIND_BSS] = "bss",
};

static int compare_keys(const void *a, const void *b)
{
    const struct shared_section *const *x = a;
    const struct shared_section *const *y = b;
    return strcmp((*x)->key, (*y)->key);
}

/* What the ISA's section is of those that the module already has. */
static struct shared_section *find(struct shared_section *const *sorted,
                                   unsigned count, const char *key)
{
    struct shared_section wanted = {.key = key};
    const struct shared_section *pointer = &wanted;
    struct shared_section *const *found = bsearch(
        &pointer, sorted, count, sizeof(struct shared_section *), compare_keys);
    return found != NULL ? *found : NULL;
}

/* Adds one ISA's section to the layout. */
static int merge_section(const struct options *options, unsigned isa_index,
                         const char *object_name, struct object_section *s,
                         struct shared_section *shared,
                         struct popcorn_error *error)
{
    const char *isa = options->target[isa_index].isa;
    unsigned first = shared->isa_mask != 0
                         ? (unsigned)__builtin_ctz(shared->isa_mask)
                         : isa_index;
    const char *first_isa = options->target[first].isa;
    if (shared->isa_mask & 1u << isa_index) {
        return elf_fail(error, -EINVAL, "%s: %s is defined twice", object_name,
                        s->key);
    }
    if (shared->kind != s->kind) {
        return elf_fail(error, -EINVAL,
                        "%s is in section %s (%s) on %s but in %s (%s) on %s. "
                        "The objects are not from one compilation",
                        s->key, shared->name, kind_name[shared->kind],
                        first_isa, s->name, kind_name[s->kind], isa);
    }
    if (s->kind != KIND_TEXT && first != isa_index &&
        shared->size[first] != s->size_bytes) {
        return elf_fail(error, -EINVAL,
                        "%s has %llu bytes on %s but %llu on %s. Data must "
                        "have one size; the objects are not from one "
                        "compilation",
                        s->key, (unsigned long long)shared->size[first],
                        first_isa, (unsigned long long)s->size_bytes, isa);
    }
    shared->isa_mask |= 1u << isa_index;
    shared->size[isa_index] = s->size_bytes;
    shared->index[isa_index] = s->index;
    uint64_t slot_bytes = s->kind == KIND_TEXT
                              ? round_up(s->size_bytes, ALIGN_FUNCTION_SLOT)
                              : s->size_bytes;
    if (slot_bytes > shared->slot_bytes) {
        shared->slot_bytes = slot_bytes;
    }
    if (s->align > shared->align) {
        shared->align = s->align;
    }
    return 0;
}

/* Sections of different ISAs belong together if they are of one module and have
 * one key. `sorted` has room for all of the module's. */
static int merge_part(const struct options *options,
                      const struct module *module, unsigned isa_index,
                      struct layout *layout, struct shared_section **sorted,
                      unsigned *sorted_count, struct popcorn_error *error)
{
    struct part *part = &module->part[isa_index];
    unsigned known = *sorted_count;
    for (unsigned i = 0; i < part->section_count; i++) {
        struct object_section *s = &part->sections[i];
        struct shared_section *shared = find(sorted, known, s->key);
        if (shared == NULL) {
            shared = &layout->shared[layout->shared_count];
            *shared = (struct shared_section){.module = module->number,
                                              .key = s->key,
                                              .name = s->name,
                                              .kind = s->kind,
                                              .order = layout->shared_count};
            layout->shared_count++;
            sorted[(*sorted_count)++] = shared;
        }
        s->shared = (unsigned)(shared - layout->shared);
        part->shared[s->index] = s->shared + 1;
        int result = merge_section(options, isa_index, part->object.name, s,
                                   shared, error);
        if (result != 0) {
            return result;
        }
    }
    qsort(sorted, *sorted_count, sizeof(struct shared_section *), compare_keys);
    for (unsigned i = 1; i < *sorted_count; i++) {
        if (compare_keys(&sorted[i - 1], &sorted[i]) == 0) {
            return elf_fail(error, -EINVAL, "%s: %s is defined twice",
                            part->object.name, sorted[i]->key);
        }
    }
    return 0;
}

/* Parts of a section whose name is a C identifier are neighbours, whatever their
 * modules: __start_X and __stop_X enclose them. */
static void order_named_sets(struct layout *layout)
{
    for (unsigned i = 0; i < layout->shared_count; i++) {
        struct shared_section *s = &layout->shared[i];
        if (!is_c_identifier(s->name)) {
            continue;
        }
        for (unsigned k = 0; k < i; k++) {
            const struct shared_section *first = &layout->shared[k];
            if (first->kind == s->kind && strcmp(first->name, s->name) == 0) {
                s->order = first->order;
                break;
            }
        }
    }
}

int layout_merge(const struct options *options, struct program *program,
                 struct layout *layout, struct popcorn_error *error)
{
    unsigned total = 0;
    unsigned most = 0;
    for (unsigned m = 0; m < program->module_count; m++) {
        unsigned here = 0;
        for (unsigned i = 0; i < program->isa_count; i++) {
            here += program->modules[m]->part[i].section_count;
        }
        total += here;
        most = here > most ? here : most;
    }
    layout->shared = align_alloc(total, sizeof(*layout->shared));
    layout->by_address = align_alloc(total, sizeof(*layout->by_address));
    struct shared_section **sorted = align_alloc(most, sizeof(*sorted));
    int result = 0;
    for (unsigned m = 0; m < program->module_count; m++) {
        unsigned count = 0;
        for (unsigned i = 0; i < program->isa_count && result == 0; i++) {
            result = merge_part(options, program->modules[m], i, layout, sorted,
                                &count, error);
        }
    }
    free(sorted);
    order_named_sets(layout);
    return result;
}

/* 101 for ".init_array.101"; entries without a number come last. */
static unsigned long priority(const struct shared_section *s)
{
    const char *dot = strrchr(s->name, '.');
    char *end;
    unsigned long value = dot != NULL ? strtoul(dot + 1, &end, 10) : 0;
    return dot == NULL || end == dot + 1 || *end != '\0' ? 65536 : value;
}

static int compare_numbers(unsigned long a, unsigned long b)
{
    return a < b ? -1 : a > b;
}

static int compare_memory(const void *a, const void *b, void *layout_pointer)
{
    const struct layout *layout = layout_pointer;
    const struct shared_section *x = &layout->shared[*(const unsigned *)a];
    const struct shared_section *y = &layout->shared[*(const unsigned *)b];
    if (x->kind != y->kind) {
        return compare_numbers(x->kind, y->kind);
    }
    bool is_array =
        x->kind == KIND_INIT || x->kind == KIND_FINI || x->kind == KIND_PREINIT;
    if (is_array && priority(x) != priority(y)) {
        return compare_numbers(priority(x), priority(y));
    }
    return x->order != y->order
               ? compare_numbers(x->order, y->order)
               : compare_numbers(*(const unsigned *)a, *(const unsigned *)b);
}

/* The next free address and the file offset that ld.lld will give it. */
struct placer {
    uint64_t address, offset;
};

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Starts a segment on a fresh page. Address and offset must be congruent; to
 * choose the address to fit the offset, not the other way round, keeps the file
 * free of holes. */
static uint64_t start_segment(struct placer *at, uint64_t align)
{
    at->offset = round_up(at->offset, larger(align, FILE_ALIGN));
    at->address = round_up(round_up(at->address, POPCORN_SEGMENT_ALIGN) +
                               at->offset % POPCORN_SEGMENT_ALIGN,
                           larger(align, 1));
    return at->address;
}

static void advance(struct placer *at, uint64_t bytes, uint64_t file_bytes)
{
    at->address += bytes;
    at->offset += file_bytes;
}

static void place_private(struct layout *layout, struct placer *at)
{
    for (unsigned i = 0; i < PRIVATE_COUNT; i++) {
        const struct private_size *size = &layout->private_size[i];
        layout->private_start[i] = start_segment(at, size->align);
        advance(at, size->bytes, size->file_bytes);
    }
}

static uint64_t kind_align(const struct layout *layout, enum section_kind kind)
{
    uint64_t align = kind == KIND_TDATA || kind == KIND_TBSS ? ALIGN_TLS : 16;
    for (unsigned i = 0; i < layout->live_count; i++) {
        const struct shared_section *s = &layout->shared[layout->by_address[i]];
        if (s->kind == kind) {
            align = larger(align, s->align);
        }
    }
    return align;
}

static void start_kind(struct layout *layout, enum section_kind kind,
                       struct placer *at)
{
    uint64_t align = kind_align(layout, kind);
    if (kind == KIND_DATA) {
        /* The runtime maps coherent memory over it from its first byte. */
        start_segment(at, larger(align, POPCORN_SEGMENT_ALIGN));
        layout->shared_start = at->address;
    } else if (kind == KIND_TEXT || kind == KIND_RODATA) {
        start_segment(at, align);
    } else {
        uint64_t address = round_up(at->address, align);
        advance(at, address - at->address, address - at->address);
    }
    layout->kind_start[kind] = at->address;
}

/* Places the live sections of one kind; `next` walks layout->by_address. */
static void place_kind(struct layout *layout, enum section_kind kind,
                       struct placer *at, unsigned *next)
{
    uint64_t cursor = layout->kind_start[kind];
    for (; *next < layout->live_count; ++*next) {
        struct shared_section *s = &layout->shared[layout->by_address[*next]];
        if (s->kind != kind) {
            break;
        }
        cursor = round_up(cursor, s->align);
        s->address = cursor;
        cursor += s->slot_bytes;
    }
    layout->kind_end[kind] = cursor;
    advance(at, cursor - at->address, cursor - at->address);
}

static void collect_live(struct layout *layout)
{
    layout->live_count = 0;
    for (unsigned i = 0; i < layout->shared_count; i++) {
        if (layout->shared[i].live) {
            layout->by_address[layout->live_count++] = i;
        }
    }
    qsort_r(layout->by_address, layout->live_count, sizeof(unsigned),
            compare_memory, layout);
    for (unsigned i = 0; i < layout->live_count; i++) {
        layout->shared[layout->by_address[i]].rank = i;
    }
}

static int check_limits(const struct layout *layout,
                        struct popcorn_error *error)
{
    uint64_t text_end = layout->kind_end[KIND_TEXT];
    if (text_end > POPCORN_IMAGE_TEXT_LIMIT) {
        return elf_fail(error, -EFBIG,
                        "the program's code ends at 0x%llx, beyond 0x%x, the "
                        "reach of a call. It is too large for Popcorn",
                        (unsigned long long)text_end, POPCORN_IMAGE_TEXT_LIMIT);
    }
    if (layout->framemap_start >= 0x70000000) {
        return elf_fail(error, -EFBIG,
                        "the program's static data end at 0x%llx, too far for "
                        "2 GiB addressing. Allocate large arrays with malloc",
                        (unsigned long long)layout->shared_end);
    }
    return 0;
}

int layout_assign(struct layout *layout, struct popcorn_error *error)
{
    struct placer at = {POPCORN_NODE_PAGE + POPCORN_SEGMENT_ALIGN,
                        HEADER_BYTES};
    unsigned next = 0;
    collect_live(layout);
    place_private(layout, &at);
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        start_kind(layout, (enum section_kind)kind, &at);
        place_kind(layout, (enum section_kind)kind, &at, &next);
    }
    layout->shared_file_end = layout->kind_end[KIND_DATA];
    layout->shared_end = round_up(at.address, POPCORN_SEGMENT_ALIGN);
    at = (struct placer){layout->shared_end,
                         at.offset - (layout->kind_end[KIND_BSS] -
                                      layout->kind_start[KIND_BSS])};
    layout->framemap_start = start_segment(&at, FILE_ALIGN);
    return check_limits(layout, error);
}
