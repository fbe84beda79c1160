/* The whole link, from objects to the multi-ISA binary.
 *
 * What is live and how large the private parts are is known before (liveness.c),
 * so all addresses are, and frame maps can be made (site_image.c); one link for
 * each ISA makes the image.  Only if ld.lld makes something itself for which
 * there is no room, it is repeated.  Then the result is verified.
 */
#include "linker/aligner/aligner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "isa/isa.h"
#include "linker/aligner/verify.h"

#define MAX_ROUNDS 16

struct session {
    struct options *options;
    struct program program;
    struct layout layout;
    struct link_result result[ALIGN_MAX_ISAS];
    struct elf_view sites[ALIGN_MAX_ISAS]; /* what frame maps are made of */
    struct elf_view image[ALIGN_MAX_ISAS];
    uint8_t program_id[32], layout_hash[32];
    unsigned links;
    bool has_sites, has_debug;
};

static int refuse(const struct options *options, unsigned isa_index,
                  const char *input, struct popcorn_error *error)
{
    return elf_fail(error, -EINVAL,
                    "%s: %s: native code may not have thread-local variables "
                    "or constructors. Put them in code compiled by "
                    "popcorn-clang",
                    options->target[isa_index].isa, input);
}

static int read_maps(struct session *session, struct popcorn_error *error)
{
    const struct options *options = session->options;
    int result = 0;
    for (unsigned i = 0; i < options->target_count && result == 0; i++) {
        char *path = work_path(options, i, ".map");
        free(session->result[i].live);
        result = map_read(path, &session->layout, &session->result[i], error);
        free(path);
        if (result == 0 && session->result[i].refused[0] != '\0') {
            result = refuse(options, i, session->result[i].refused, error);
        }
    }
    return result;
}

static void enlarge(uint64_t *value, uint64_t least)
{
    *value = *value < least ? least : *value;
}

/* Are the private parts larger than what liveness.c found? Then ld.lld has made
 * something itself. They only grow, so that the rounds come to an end. */
static bool update_private(struct session *session)
{
    bool changed = false;
    for (unsigned i = 0; i < PRIVATE_COUNT; i++) {
        struct private_size *have = &session->layout.private_size[i];
        struct private_size need = *have;
        for (unsigned k = 0; k < session->options->target_count; k++) {
            const struct private_size *size =
                &session->result[k].private_size[i];
            enlarge(&need.bytes, size->bytes);
            enlarge(&need.file_bytes, size->file_bytes);
            enlarge(&need.align, size->align);
        }
        changed |= memcmp(have, &need, sizeof(need)) != 0;
        *have = need;
    }
    return changed;
}

/* Takes what a link kept, too; true if the layout must change. */
static bool update_layout(struct session *session)
{
    struct layout *layout = &session->layout;
    bool changed = false;
    for (unsigned i = 0; i < layout->shared_count; i++) {
        struct shared_section *s = &layout->shared[i];
        for (unsigned k = 0; k < session->options->target_count; k++) {
            changed |= session->result[k].live[i] && !s->live;
            s->live |= session->result[k].live[i];
        }
    }
    return update_private(session) || changed;
}

/* A live shared section must exist on every ISA. */
static int check_everywhere(const struct session *session,
                            struct popcorn_error *error)
{
    const struct options *options = session->options;
    unsigned all = (1u << options->target_count) - 1;
    for (unsigned i = 0; i < session->layout.shared_count; i++) {
        const struct shared_section *s = &session->layout.shared[i];
        if (!s->live || s->isa_mask == all) {
            continue;
        }
        unsigned has = (unsigned)__builtin_ctz(s->isa_mask);
        unsigned lacks = (unsigned)__builtin_ctz(~s->isa_mask);
        return elf_fail(error, -EINVAL,
                        "%s is defined on %s but not on %s. The objects are "
                        "not from one popcorn-codegen run",
                        s->key, options->target[has].isa,
                        options->target[lacks].isa);
    }
    return 0;
}

/* Do any modules have call sites, and debug information? */
static void look_at_parts(struct session *session)
{
    const struct program *program = &session->program;
    for (unsigned m = 0; m < program->module_count; m++) {
        for (unsigned i = 0; i < program->isa_count; i++) {
            const struct part *part = &program->modules[m]->part[i];
            session->has_sites |= part->has_stack_maps;
            session->has_debug |= part->has_debug_info;
        }
    }
}

/* From the addresses, what popcorn-framemap reads, and the frame maps. */
static int make_frame_maps(struct session *session, struct popcorn_error *error)
{
    const struct options *options = session->options;
    int result = 0;
    for (unsigned i = 0; i < options->target_count && result == 0; i++) {
        char *framemap = work_path(options, i, ".framemap");
        char *sites = work_path(options, i, ".sites");
        remove(framemap); /* of an earlier run with --keep */
        result = site_image_write(options, &session->program, &session->layout,
                                  i, sites, error);
        free(framemap);
        free(sites);
    }
    return result == 0 && session->has_sites
               ? framemap_all(options, &session->program, &session->layout,
                              error)
               : result;
}

static int link_until_stable(struct session *session,
                             struct popcorn_error *error)
{
    struct layout *layout = &session->layout;
    for (unsigned round = 0; round < MAX_ROUNDS; round++) {
        int result = check_everywhere(session, error);
        if (result == 0) {
            result = layout_assign(layout, error);
        }
        if (result == 0) {
            result = make_frame_maps(session, error);
        }
        if (result == 0) {
            result = link_all(session->options, &session->program, layout,
                              session->has_debug, error);
            session->links++;
        }
        if (result == 0) {
            result = read_maps(session, error);
        }
        if (result != 0 || !update_layout(session)) {
            return result;
        }
    }
    return elf_fail(error, -ELOOP,
                    "the set of live sections did not settle in %d links",
                    MAX_ROUNDS);
}

static int open_images(struct session *session, const char *suffix,
                       struct elf_view *views, struct popcorn_error *error)
{
    const struct options *options = session->options;
    int result = 0;
    for (unsigned i = 0; i < options->target_count && result == 0; i++) {
        const uint8_t *bytes;
        uint64_t size_bytes;
        char *path = work_path(options, i, suffix); /* kept as its name */
        result = elf_map_file(path, &bytes, &size_bytes, error);
        if (result == 0) {
            result = elf_view_open(&views[i], path, bytes, size_bytes, error);
        }
    }
    return result;
}

static void to_verify(struct session *session, struct verify_image *out)
{
    const struct program *program = &session->program;
    for (unsigned i = 0; i < session->options->target_count; i++) {
        const struct elf_view **objects =
            align_alloc(program->module_count, sizeof(*objects));
        unsigned count = 0;
        for (unsigned m = 0; m < program->module_count; m++) {
            const struct module *module = program->modules[m];
            if (module->kind == MODULE_NEUTRAL || module->kind == MODULE_OWN) {
                objects[count++] = &module->part[i].object;
            }
        }
        out[i] = (struct verify_image){session->options->target[i].isa,
                                       &session->image[i], &session->sites[i],
                                       objects, count};
    }
}

/* What the frame maps were made of, against what was linked. */
static int verify_sites(struct session *session,
                        const struct verify_image *images,
                        struct popcorn_error *error)
{
    unsigned count = session->options->target_count;
    unsigned differing;
    char text[512];
    int result = 0;
    for (unsigned i = 0; i < count && result == 0; i++) {
        result = verify_site_places(&images[i], error);
    }
    if (result == 0) {
        result = verify_call_sites(images, count, &differing, text,
                                   sizeof(text), error);
    }
    if (result == 0 && session->options->input_count != 0) {
        result = verify_module_sites(images, count, &session->program, error);
    }
    if (result == 0 && differing != 0) {
        fprintf(stderr,
                "popcorn-align: warning: %u call sites are not on every ISA "
                "(%s): a thread there waits with a move to the other\n",
                differing, text);
    }
    return result;
}

/* The host image first: --host, or the ISA this program itself is built for. */
static int host_index(const struct options *options, unsigned *index,
                      struct popcorn_error *error)
{
    const uint8_t *bytes;
    uint64_t size_bytes;
    struct elf_view self;
    if (options->host == NULL) {
        int result = elf_map_file("/proc/self/exe", &bytes, &size_bytes, error);
        if (result == 0) {
            result = elf_view_open(&self, "/proc/self/exe", bytes, size_bytes,
                                   error);
        }
        if (result != 0) {
            return result;
        }
    }
    for (*index = 0; *index < options->target_count; ++*index) {
        const struct target *target = &options->target[*index];
        bool found = options->host != NULL
                         ? strcmp(options->host, target->isa) == 0
                         : popcorn_isa_by_name(target->isa)->elf_machine ==
                               self.header.e_machine;
        if (found) {
            break;
        }
    }
    if (options->host == NULL) {
        munmap((void *)bytes, size_bytes);
    }
    if (*index == options->target_count) {
        return elf_fail(error, -EINVAL,
                        "no --isa is for %s, so the output could not run; name "
                        "one with --host",
                        options->host != NULL ? options->host : "this machine");
    }
    return 0;
}

/* With the maps of the final links. */
static int verify_modules(const struct session *session,
                          const struct verify_image *images,
                          struct popcorn_error *error)
{
    const struct options *options = session->options;
    const char *maps[ALIGN_MAX_ISAS];
    if (options->input_count == 0) {
        return 0;
    }
    for (unsigned i = 0; i < options->target_count; i++) {
        maps[i] = work_path(options, i, ".map"); /* kept */
    }
    return verify_module_names(images, maps, options->target_count,
                               &session->program, error);
}

static int verify_and_pack(struct session *session, struct popcorn_error *error)
{
    const struct options *options = session->options;
    struct verify_image images[ALIGN_MAX_ISAS];
    struct popcorn_pack_input input[ALIGN_MAX_ISAS];
    unsigned host = 0;
    unsigned count = 1;
    int result = open_images(session, ".elf", session->image, error);
    if (result == 0) {
        result = open_images(session, ".sites", session->sites, error);
    }
    if (result != 0) {
        return result;
    }
    to_verify(session, images);
    result = verify_images(images, options->target_count, session->program_id,
                           session->layout_hash, error);
    if (result == 0) {
        result = verify_sites(session, images, error);
    }
    if (result == 0) {
        result = verify_modules(session, images, error);
    }
    if (result == 0) {
        result = host_index(options, &host, error);
    }
    for (unsigned i = 0; i < options->target_count && result == 0; i++) {
        input[i == host ? 0 : count++] = (struct popcorn_pack_input){
            options->target[i].isa, session->image[i].bytes,
            session->image[i].size_bytes};
    }
    return result != 0
               ? result
               : popcorn_pack_write(options->output, input,
                                    options->target_count, session->program_id,
                                    session->layout_hash, error);
}

static uint64_t section_bytes(const struct elf_view *image, const char *name)
{
    Elf64_Shdr section;
    return elf_view_find(image, name, &section) != 0 ? section.sh_size : 0;
}

static void print_stats(const struct session *session)
{
    const struct options *options = session->options;
    const struct layout *layout = &session->layout;
    uint64_t slots =
        layout->kind_end[KIND_TEXT] - layout->kind_start[KIND_TEXT];
    fprintf(stderr, "align: %u shared sections (%u live), %u links\n",
            layout->shared_count, layout->live_count, session->links);
    for (unsigned i = 0; i < options->target_count; i++) {
        const struct elf_view *image = &session->image[i];
        uint64_t code = 0;
        for (unsigned k = 0; k < layout->live_count; k++) {
            const struct shared_section *s =
                &layout->shared[layout->by_address[k]];
            code += s->kind == KIND_TEXT ? s->size[i] : 0;
        }
        fprintf(stderr,
                "align: %s: text %llu (code %llu, padding %.1f %%), rodata "
                "%llu, data %llu, bss %llu, private text %llu rodata %llu data "
                "%llu, raw stack maps %llu, frame maps %llu, file %llu\n",
                options->target[i].isa, (unsigned long long)slots,
                (unsigned long long)code,
                code != 0 ? 100.0 * (double)(slots - code) / (double)code : 0.0,
                (unsigned long long)section_bytes(image, ".rodata"),
                (unsigned long long)section_bytes(image, ".data"),
                (unsigned long long)section_bytes(image, ".bss"),
                (unsigned long long)session->result[i].private_size[0].bytes,
                (unsigned long long)session->result[i].private_size[1].bytes,
                (unsigned long long)session->result[i].private_size[2].bytes,
                (unsigned long long)section_bytes(&session->sites[i],
                                                  ".llvm_stackmaps"),
                (unsigned long long)section_bytes(image, ".popcorn.framemap"),
                (unsigned long long)image->size_bytes);
    }
}

/* --Map FILE: the map of the first ISA in FILE, of each in FILE.<isa>. */
static int copy_maps(const struct session *session, struct popcorn_error *error)
{
    const struct options *options = session->options;
    int result = 0;
    for (unsigned i = 0;
         options->map != NULL && i < options->target_count && result == 0;
         i++) {
        char *to = align_format("%s.%s", options->map, options->target[i].isa);
        result = map_copy(options, i, &session->program, &session->layout, to,
                          error);
        if (result == 0 && i == 0) {
            result = map_copy(options, i, &session->program, &session->layout,
                              options->map, error);
        }
        free(to);
    }
    return result;
}

static int prepare(struct session *session, struct popcorn_error *error)
{
    struct options *options = session->options;
    struct program *program = &session->program;
    int result = resolve(options, program, error);
    if (result == 0 && options->input_count != 0) {
        result = own_module(options, program, error);
    }
    if (result == 0) {
        check_program(options, program);
        result = layout_merge(options, program, &session->layout, error);
    }
    if (result == 0) {
        result = find_live(options, program, &session->layout, error);
    }
    return result == 0 && program->errors != 0 ? -EINVAL : result;
}

static int make_program(struct session *session, struct popcorn_error *error)
{
    int result = prepare(session, error);
    if (result == 0) {
        look_at_parts(session);
        result = link_until_stable(session, error);
    }
    if (result == 0) {
        result = verify_and_pack(session, error);
    }
    if (result == 0) {
        result = copy_maps(session, error);
    }
    if (result == 0 && session->options->stats) {
        print_stats(session);
    }
    return result;
}

int align_run(struct options *options)
{
    struct session *session = align_alloc(1, sizeof(*session));
    struct popcorn_error error = {0};
    session->options = options;
    int result = options->relocatable
                     ? relocatable_run(options, &session->program, &error)
                     : make_program(session, &error);
    if (error.text[0] != '\0') {
        fprintf(stderr, "popcorn-align: error: %s\n", error.text);
    }
    return result != 0;
}
