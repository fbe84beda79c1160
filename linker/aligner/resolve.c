/* Decides what every name means, before any link runs.
 *
 * The rules are ld.lld's (its Symbols.cpp): inputs in order; a member of an
 * archive is *lazy* until a reference that is not weak needs it, wherever the
 * archive stands; the first lazy definition counts; a strong definition
 * replaces a weak or common one, a common one a weak one; two strong ones are an
 * error. What a library (library.c) defines yields to all of these.  A module's definitions count before its references, and those at once,
 * so that what they need comes right behind it.
 *
 * All ISAs are resolved together: a module comes into every ISA's link if one
 * needs it (back ends call different functions of their own), so that each has
 * the same modules in the same order.  Native code is different on each ISA, and
 * comes last.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/isa.h"
#include "linker/aligner/aligner.h"
#include "linker/object/bundle.h"

#define ALL_ISAS UINT_MAX

/* What an input is. */
struct origin {
    unsigned isa_index; /* native code; ALL_ISAS: multi-ISA objects */
    bool runtime;       /* native code of Popcorn's own */
    const struct library *library; /* what its objects are of, or NULL */
    const char *plugin;            /* what a bundle is called; or NULL */
};

/* A member of an archive that may come into the link. */
struct candidate {
    const struct archive *archive;
    uint64_t offset;
    struct origin origin;
    bool taken;
};

struct resolver {
    const struct options *options;
    struct program *program;
    struct candidate *candidates;
    uint32_t candidate_count;
    struct popcorn_error *error;
};

static int add_module(struct resolver *r, const char *name,
                      const uint8_t *bytes, uint64_t size_bytes,
                      struct origin origin);
static int add_members(struct resolver *r, const struct archive *archive,
                       struct origin origin, bool whole);

/* --- what --trace and --trace-symbol print --- */

static void trace_symbol(const struct resolver *r, const char *where,
                         const char *what, const char *name)
{
    for (unsigned i = 0; i < r->options->trace_symbol_count; i++) {
        if (strcmp(r->options->trace_symbol[i], name) == 0) {
            printf("%s: %s %s\n", where, what, name);
        }
    }
}

/* --- the rules --- */

static struct resolution *resolution(const struct resolver *r, uint32_t number,
                                     unsigned isa_index)
{
    return &r->program->globals[number].on[isa_index];
}

static int extract(struct resolver *r, uint32_t candidate_number)
{
    struct candidate *candidate = &r->candidates[candidate_number];
    struct archive_member member;
    if (candidate->taken) {
        return 0;
    }
    candidate->taken = true;
    struct origin origin = candidate->origin;
    const char *archive = candidate->archive->name;
    int result = archive_open_member(candidate->archive, candidate->offset,
                                     &member, r->error);
    if (result != 0) {
        return result;
    }
    /* Kept, with the member's name and bytes, as long as the aligner runs. */
    char *name = align_format("%s(%s)", archive, member.name);
    return add_module(r, name, member.bytes, member.size_bytes, origin);
}

static int extract_for(struct resolver *r, struct resolution *to)
{
    uint32_t candidate = to->module;
    *to = (struct resolution){.state = SYMBOL_UNDEFINED,
                              .referenced = to->referenced};
    return extract(r, candidate);
}

static int resolve_undefined(struct resolver *r, uint32_t number,
                             unsigned isa_index, bool weak)
{
    struct resolution *to = resolution(r, number, isa_index);
    if (to->state == SYMBOL_NONE) {
        *to = (struct resolution){.state = SYMBOL_UNDEFINED, .weak = weak};
    } else if (to->state == SYMBOL_LAZY && weak) {
        to->weak = true;
    } else if (to->state == SYMBOL_LAZY) {
        return extract_for(r, to);
    } else if (to->state == SYMBOL_UNDEFINED && !weak) {
        to->weak = false;
    }
    return 0;
}

static void report_duplicate(const struct resolver *r, uint32_t number,
                             const struct resolution *old,
                             const struct module *module)
{
    struct program *program = r->program;
    const struct module *first = program->modules[old->module];
    if (r->options->allow_multiple || first->kind == MODULE_OWN) {
        return;
    }
    align_report(program,
                 "duplicate symbol: %s\n>>> defined in %s\n>>> "
                 "defined in %s",
                 program->globals[number].name, first->name, module->name);
}

/* Says of each pair of files only once that both define it, not for each ISA. */
static bool is_said(const struct resolver *r, uint32_t number,
                    unsigned isa_index, const struct module *module)
{
    const struct resolution *on = r->program->globals[number].on;
    for (unsigned i = 0; i < isa_index; i++) {
        if (on[i].state == SYMBOL_DEFINED && !on[i].weak &&
            on[i].module == on[isa_index].module &&
            module->part[i].object.bytes != NULL) {
            return true;
        }
    }
    return false;
}

/* Of two definitions that yield: the program's before a library's, within a
 * library the strong one, and the first. */
static bool outranks(const struct resolver *r, const struct module *module,
                     const Elf64_Sym *symbol, const struct resolution *old,
                     unsigned isa_index)
{
    const struct module *other = r->program->modules[old->module];
    Elf64_Sym other_symbol =
        elf_symbol(&other->part[isa_index].symbols, old->symbol);
    if (other->library == NULL || module->library == NULL) {
        return other->library != NULL;
    }
    return other->library == module->library &&
           ELF64_ST_BIND(other_symbol.st_info) != STB_GLOBAL &&
           ELF64_ST_BIND(symbol->st_info) == STB_GLOBAL;
}

static void resolve_defined(struct resolver *r, const struct module *module,
                            uint32_t number, unsigned isa_index,
                            uint64_t symbol_index, const Elf64_Sym *symbol)
{
    struct resolution *to = resolution(r, number, isa_index);
    bool weak = module_defines_weakly(module, ELF64_ST_BIND(symbol->st_info));
    if (to->state == SYMBOL_DEFINED && !to->weak && !weak &&
        !is_said(r, number, isa_index, module)) {
        report_duplicate(r, number, to, module);
    }
    bool replaces =
        to->state == SYMBOL_COMMON ? !weak
        : to->state == SYMBOL_DEFINED
            ? to->weak && (!weak || outranks(r, module, symbol, to, isa_index))
            : true;
    if (replaces) {
        *to = (struct resolution){.state = SYMBOL_DEFINED,
                                  .weak = weak,
                                  .referenced = to->referenced,
                                  .module = module->number,
                                  .symbol = (uint32_t)symbol_index};
    }
}

static void resolve_common(struct resolver *r, const struct module *module,
                           uint32_t number, unsigned isa_index,
                           uint64_t symbol_index, const Elf64_Sym *symbol)
{
    struct global *global = &r->program->globals[number];
    struct resolution *to = &global->on[isa_index];
    if (to->state == SYMBOL_DEFINED && !to->weak) {
        return;
    }
    if (symbol->st_value > global->common_align) {
        global->common_align = symbol->st_value;
    }
    if (symbol->st_size > global->common_bytes) {
        global->common_bytes = symbol->st_size;
    }
    global->neutral_common |= module->kind == MODULE_NEUTRAL;
    if (to->state != SYMBOL_COMMON) {
        *to = (struct resolution){.state = SYMBOL_COMMON,
                                  .referenced = to->referenced,
                                  .module = module->number,
                                  .symbol = (uint32_t)symbol_index};
    }
}

/* --- modules --- */

static int define_symbols(struct resolver *r, const struct module *module,
                          unsigned isa_index)
{
    const struct part *part = &module->part[isa_index];
    for (uint64_t i = 1; i < part->symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&part->symbols, i);
        unsigned binding = ELF64_ST_BIND(symbol.st_info);
        if (binding == STB_LOCAL || part_refers(part, &symbol)) {
            continue;
        }
        const char *name = elf_symbol_name(&part->symbols, &symbol);
        if (symbol.st_shndx == SHN_COMMON) {
            trace_symbol(r, module->name, "common definition of", name);
            resolve_common(r, module, part->global[i], isa_index, i, &symbol);
        } else {
            trace_symbol(r, module->name, "definition of", name);
            resolve_defined(r, module, part->global[i], isa_index, i, &symbol);
        }
    }
    return 0;
}

static int refer_to_symbols(struct resolver *r, const struct module *module,
                            unsigned isa_index)
{
    const struct part *part = &module->part[isa_index];
    int result = 0;
    for (uint64_t i = 1; result == 0 && i < part->symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&part->symbols, i);
        unsigned binding = ELF64_ST_BIND(symbol.st_info);
        if (binding == STB_LOCAL || !part_refers(part, &symbol)) {
            continue;
        }
        trace_symbol(r, module->name, "reference to",
                     elf_symbol_name(&part->symbols, &symbol));
        resolution(r, part->global[i], isa_index)->referenced = true;
        result = resolve_undefined(r, part->global[i], isa_index,
                                   binding == STB_WEAK);
    }
    return result;
}

/* Every definition the record speaks of must be among the symbols. */
static int check_symbols(const struct resolver *r, const struct module *module,
                         const struct part *part)
{
    unsigned recorded = 0;
    unsigned there = 0;
    for (unsigned i = 0; i < module->object.fact_count; i++) {
        recorded += module->object.facts[i].kind == FACT_DEFINE;
    }
    for (uint64_t i = 1; i < part->symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&part->symbols, i);
        there += ELF64_ST_BIND(symbol.st_info) != STB_LOCAL &&
                 symbol.st_shndx != SHN_UNDEF;
    }
    return there >= recorded
               ? 0
               : elf_fail(r->error, -EINVAL,
                          "%s: it defines %u symbols, and has only %u: strip "
                          "or objcopy removed what a link needs",
                          module->name, recorded, there);
}

static int open_part(struct resolver *r, struct module *module,
                     unsigned isa_index)
{
    struct part *part = &module->part[isa_index];
    const char *isa_name = r->options->target[isa_index].isa;
    const struct isa *isa = popcorn_isa_by_name(isa_name);
    if (isa == NULL) {
        return elf_fail(r->error, -EINVAL, "unknown ISA %s", isa_name);
    }
    if (part->object.header.e_type != ET_REL) {
        return elf_fail(r->error, -EINVAL, "%s: not a relocatable object",
                        module->name);
    }
    if (part->object.header.e_machine != isa->elf_machine) {
        return elf_fail(r->error, -EINVAL,
                        "%s: not an object for %s (its ELF machine is %u)",
                        part->object.name, isa_name,
                        part->object.header.e_machine);
    }
    int result = part_read_symbols(r->program, module, isa_index, r->error);
    if (result == 0) {
        result = check_symbols(r, module, part);
    }
    if (result == 0 &&
        (module->kind == MODULE_NEUTRAL || module->kind == MODULE_OWN)) {
        result = part_find_sections(module, part, r->error);
    }
    return result;
}

/* Enters a module whose parts are open. */
static int enter_module(struct resolver *r, struct module *module)
{
    unsigned isa_count = r->program->isa_count;
    int result = 0;
    for (unsigned i = 0; i < isa_count && result == 0; i++) {
        if (module->part[i].object.bytes != NULL) {
            result = open_part(r, module, i);
        }
        if (result == 0 && module->part[i].object.bytes != NULL) {
            result = define_symbols(r, module, i);
        }
    }
    for (unsigned i = 0; i < isa_count && result == 0; i++) {
        if (module->part[i].object.bytes != NULL) {
            result = refer_to_symbols(r, module, i);
        }
    }
    return result;
}

static struct module *new_module(struct program *program, const char *name,
                                 enum module_kind kind)
{
    program->modules = align_room(program->modules, program->module_count,
                                  sizeof(struct module *));
    struct module *module = align_alloc(1, sizeof(*module));
    *module = (struct module){
        .name = name,
        .kind = kind,
        .number = program->module_count,
        .part = align_alloc(program->isa_count, sizeof(struct part))};
    program->modules[program->module_count++] = module;
    return module;
}

/* A multi-ISA object must have a part for each ISA of the link. */
static int open_multi_object(struct resolver *r, struct module *module,
                             const uint8_t *bytes, uint64_t size_bytes)
{
    int result = multi_object_open(&module->object, module->name, bytes,
                                   size_bytes, r->error);
    for (unsigned i = 0; result == 0 && i < r->program->isa_count; i++) {
        const char *isa = r->options->target[i].isa;
        const struct elf_view *view = multi_object_find(&module->object, isa);
        if (view == NULL) {
            return elf_fail(r->error, -EINVAL,
                            "%s: has no code for %s; compile its source again",
                            module->name, isa);
        }
        module->part[i].object = *view;
    }
    if (module->object.native) {
        module->kind = MODULE_NATIVE;
    }
    return result;
}

/* An object of -r stands for those in it. One that is made again of such is no
 * library any more. */
static int add_bundle(struct resolver *r, const char *name,
                      const struct elf_view *object, const uint8_t *bytes,
                      uint64_t size_bytes, struct origin origin)
{
    struct archive *archive = align_alloc(1, sizeof(*archive));
    uint64_t text_bytes;
    const char *text = bundle_library(object, &text_bytes);
    int result = archive_open(archive, name, bytes, size_bytes, r->error);
    if (result == 0 && origin.plugin != NULL) {
        result = text != NULL
                     ? plugin_open(r->program, origin.plugin, object, text,
                                   text_bytes, &origin.library, r->error)
                     : elf_fail(r->error, -EINVAL,
                                "%s: stands for no shared object", name);
    } else if (result == 0 && text != NULL && !r->options->relocatable) {
        result = library_open(r->program, name, text, text_bytes,
                              &origin.library, r->error);
    }
    return result != 0 ? result : add_members(r, archive, origin, true);
}

/* The names in its record are called as those of its symbols. */
static void name_facts(struct module *module)
{
    for (unsigned i = 0; i < module->object.fact_count; i++) {
        struct multi_object_fact *fact = &module->object.facts[i];
        fact->name = module_symbol_name(module, fact->name);
    }
}

static int add_module(struct resolver *r, const char *name,
                      const uint8_t *bytes, uint64_t size_bytes,
                      struct origin origin)
{
    bool native = origin.isa_index != ALL_ISAS;
    struct elf_view view;
    struct popcorn_error ignored = {0};
    const uint8_t *bundle;
    uint64_t bundle_bytes;
    if (!native &&
        elf_view_open(&view, name, bytes, size_bytes, &ignored) == 0 &&
        bundle_find(&view, &bundle, &bundle_bytes)) {
        return add_bundle(r, name, &view, bundle, bundle_bytes, origin);
    }
    struct module *module =
        new_module(r->program, name, native ? MODULE_MEMBER : MODULE_NEUTRAL);
    module->runtime = origin.runtime;
    module->library = origin.library;
    int result = native ? elf_view_open(&module->part[origin.isa_index].object,
                                        name, bytes, size_bytes, r->error)
                        : open_multi_object(r, module, bytes, size_bytes);
    if (result == 0 && r->options->trace) {
        puts(name);
    }
    if (result == 0 && module->library != NULL) {
        name_facts(module);
    }
    return result != 0 ? result : enter_module(r, module);
}

/* --- archives --- */

static int resolve_lazy(struct resolver *r, uint32_t number, unsigned isa_index,
                        uint32_t candidate)
{
    struct resolution *to = resolution(r, number, isa_index);
    bool extracts = to->state == SYMBOL_UNDEFINED && !to->weak;
    if (to->state == SYMBOL_NONE ||
        (to->state == SYMBOL_UNDEFINED && to->weak)) {
        *to = (struct resolution){.state = SYMBOL_LAZY,
                                  .weak = to->weak,
                                  .referenced = to->referenced,
                                  .module = candidate};
    }
    return extracts ? extract(r, candidate) : 0;
}

static int resolve_lazy_everywhere(struct resolver *r, const char *name,
                                   uint32_t candidate)
{
    unsigned isa_index = r->candidates[candidate].origin.isa_index;
    uint32_t number = symbol_enter(r->program, name);
    unsigned first = isa_index == ALL_ISAS ? 0 : isa_index;
    unsigned last =
        isa_index == ALL_ISAS ? r->program->isa_count - 1 : isa_index;
    int result = 0;
    trace_symbol(r, r->candidates[candidate].archive->name,
                 "lazy definition of", name);
    for (unsigned i = first; i <= last && result == 0; i++) {
        result = resolve_lazy(r, number, i, candidate);
    }
    return result;
}

static uint32_t add_candidate(struct resolver *r, const struct archive *archive,
                              uint64_t offset, struct origin origin)
{
    r->candidates =
        align_room(r->candidates, r->candidate_count, sizeof(*r->candidates));
    r->candidates[r->candidate_count] =
        (struct candidate){archive, offset, origin, false};
    return r->candidate_count++;
}

static int compare_offsets(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* One candidate for each member the index names: the first one's number. */
static uint32_t add_candidates(struct resolver *r,
                               const struct archive *archive,
                               const struct archive_symbol *symbols,
                               uint64_t count, struct origin origin,
                               uint64_t **offsets, uint64_t *offset_count)
{
    uint32_t first = r->candidate_count;
    *offsets = align_alloc(count, sizeof(**offsets));
    *offset_count = 0;
    for (uint64_t i = 0; i < count; i++) {
        (*offsets)[i] = symbols[i].offset;
    }
    qsort(*offsets, count, sizeof(**offsets), compare_offsets);
    for (uint64_t i = 0; i < count; i++) {
        if (i == 0 || (*offsets)[i] != (*offsets)[i - 1]) {
            (*offsets)[(*offset_count)++] = (*offsets)[i];
            add_candidate(r, archive, (*offsets)[i], origin);
        }
    }
    return first;
}

static int add_by_index(struct resolver *r, const struct archive *archive,
                        struct origin origin)
{
    struct archive_symbol *symbols;
    uint64_t count, *offsets, offset_count;
    int result = archive_symbols(archive, &symbols, &count, r->error);
    if (result != 0) {
        return result;
    }
    uint32_t first = add_candidates(r, archive, symbols, count, origin,
                                    &offsets, &offset_count);
    for (uint64_t i = 0; i < count && result == 0; i++) {
        const uint64_t *at = bsearch(&symbols[i].offset, offsets, offset_count,
                                     sizeof(*offsets), compare_offsets);
        result = resolve_lazy_everywhere(r, symbols[i].name,
                                         first + (uint32_t)(at - offsets));
    }
    free(offsets);
    free(symbols); /* the names are the archive's */
    return result;
}

static bool is_object(const struct archive_member *member)
{
    return member->size_bytes >= 4 &&
           (memcmp(member->bytes, ELFMAG, SELFMAG) == 0 ||
            memcmp(member->bytes, "BC\xc0\xde", 4) == 0);
}

/* The symbols of a member are read from itself. */
static int add_lazy_member(struct resolver *r, const struct archive *archive,
                           uint64_t offset, struct origin origin,
                           const struct archive_member *member)
{
    struct elf_view view;
    struct elf_symbols symbols;
    char *name = align_format("%s(%s)", archive->name, member->name);
    uint32_t candidate = add_candidate(r, archive, offset, origin);
    if (memcmp(member->bytes, ELFMAG, SELFMAG) != 0) {
        return extract(r, candidate); /* says what is wrong with it */
    }
    int result =
        elf_view_open(&view, name, member->bytes, member->size_bytes, r->error);
    if (result == 0) {
        result = elf_view_symbols(&view, &symbols, r->error);
    }
    for (uint64_t i = 1; result == 0 && i < symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&symbols, i);
        if (ELF64_ST_BIND(symbol.st_info) != STB_LOCAL &&
            symbol.st_shndx != SHN_UNDEF) {
            result = resolve_lazy_everywhere(
                r, elf_symbol_name(&symbols, &symbol), candidate);
        }
    }
    return result;
}

static int add_members(struct resolver *r, const struct archive *archive,
                       struct origin origin, bool whole)
{
    int result = 0;
    for (uint64_t offset = archive->first;
         result == 0 && archive_has_more(archive, offset);) {
        struct archive_member member;
        uint64_t at = offset;
        result = archive_open_member(archive, offset, &member, r->error);
        if (result != 0) {
            break;
        }
        offset = member.next;
        if (!is_object(&member)) { /* a README, a table of the user's own */
            archive_close_member(&member);
        } else if (whole) {
            result = extract(r, add_candidate(r, archive, at, origin));
        } else {
            result = add_lazy_member(r, archive, at, origin, &member);
        }
    }
    return result;
}

/* An object or an archive. */
static int add_file(struct resolver *r, const char *path, struct origin origin,
                    bool whole)
{
    const uint8_t *bytes;
    uint64_t size_bytes;
    int result = elf_map_file(path, &bytes, &size_bytes, r->error);
    if (result != 0 || !archive_is_one(bytes, size_bytes)) {
        return result != 0 ? result
                           : add_module(r, path, bytes, size_bytes, origin);
    }
    struct archive *archive = align_alloc(1, sizeof(*archive));
    result = archive_open(archive, path, bytes, size_bytes, r->error);
    if (result != 0) {
        return result;
    }
    return whole || archive->index == NULL
               ? add_members(r, archive, origin, whole)
               : add_by_index(r, archive, origin);
}

/* --- the whole --- */

/* One object for each ISA, all from one compilation: a module. */
static int add_isa_objects(struct resolver *r)
{
    const struct options *options = r->options;
    struct module *module = new_module(r->program, "program", MODULE_NEUTRAL);
    int result = 0;
    for (unsigned i = 0; i < options->target_count && result == 0; i++) {
        const char *path = options->target[i].object_path;
        const uint8_t *bytes;
        uint64_t size_bytes;
        result = elf_map_file(path, &bytes, &size_bytes, r->error);
        if (result == 0) {
            result = elf_view_open(&module->part[i].object, path, bytes,
                                   size_bytes, r->error);
        }
    }
    return result != 0 ? result : enter_module(r, module);
}

static int refer_to(struct resolver *r, const char *name)
{
    uint32_t number = symbol_enter(r->program, name);
    int result = 0;
    for (unsigned i = 0; i < r->program->isa_count && result == 0; i++) {
        result = resolve_undefined(r, number, i, false);
    }
    return result;
}

static int add_native(struct resolver *r)
{
    const struct options *options = r->options;
    static const char *const runtime[] = {"native.a", "builtins.a"};
    int result = 0;
    for (unsigned i = 0; i < options->target_count; i++) {
        const struct target *target = &options->target[i];
        for (unsigned k = 0; k < target->native_count && result == 0; k++) {
            result = add_file(r, target->native[k],
                              (struct origin){i, false, NULL, NULL}, false);
        }
        for (unsigned k = 0; k < 2 && result == 0; k++) {
            char *path = align_format("%s/isa/%s/%s", options->lib, target->isa,
                                      runtime[k]);
            /* The path is kept. */
            result =
                add_file(r, path, (struct origin){i, true, NULL, NULL}, false);
        }
    }
    return result;
}

/* The call sites of all modules in a row. */
static int number_call_sites(const struct options *options,
                             struct program *program,
                             struct popcorn_error *error)
{
    uint64_t base = 0;
    for (unsigned i = 0; i < program->module_count; i++) {
        struct module *module = program->modules[i];
        module->site_base =
            options->fault == FAULT_OVERLAPPING_SITES ? 0 : (uint32_t)base;
        base += module->object.sites;
    }
    return base <= INT32_MAX ? 0
                             : elf_fail(error, -E2BIG,
                                        "the program has %llu call sites, "
                                        "which is too many",
                                        (unsigned long long)base);
}

/* What the command line names, and what that takes out of archives. */
static int add_inputs(struct resolver *r)
{
    const struct options *options = r->options;
    int result = 0;
    for (unsigned i = 0; i < options->undefined_count && result == 0; i++) {
        result = refer_to(r, options->undefined[i]);
    }
    if (result == 0 && options->input_count == 0) {
        result = add_isa_objects(r);
    }
    for (unsigned i = 0; i < options->input_count && result == 0; i++) {
        result = add_file(
            r, options->inputs[i].path,
            (struct origin){ALL_ISAS, false, NULL, options->inputs[i].plugin},
            options->inputs[i].whole_archive);
    }
    return result;
}

int resolve(const struct options *options, struct program *program,
            struct popcorn_error *error)
{
    struct resolver r = {
        .options = options, .program = program, .error = error};
    program->isa_count = options->target_count;
    int result = add_inputs(&r);
    if (result == 0 && !options->relocatable) {
        result = add_native(&r);
    }
    if (result == 0 && !options->relocatable) {
        result = refer_to(&r, "_start");
    }
    free(r.candidates);
    return result != 0 ? result : number_call_sites(options, program, error);
}

int resolve_own_module(const struct options *options, struct program *program,
                       const uint8_t *const *bytes, const uint64_t *sizes,
                       struct popcorn_error *error)
{
    struct resolver r = {
        .options = options, .program = program, .error = error};
    struct module *module = new_module(program, "popcorn-align", MODULE_OWN);
    int result = 0;
    for (unsigned i = 0; i < program->isa_count && result == 0; i++) {
        result = elf_view_open(&module->part[i].object, module->name, bytes[i],
                               sizes[i], error);
    }
    return result != 0 ? result : enter_module(&r, module);
}
