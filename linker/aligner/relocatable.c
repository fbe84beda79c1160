/* One object of several (-r): their host parts merged by ld.lld, for other tools
 * to see, with the objects themselves in it for the link (linker/object/bundle.h).
 * With --library it stands for a shared object, whose hidden names are noted.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "linker/aligner/aligner.h"
#include "linker/object/bundle.h"

/* What the objects carry is not to be in the merged host part. */
static const char script[] =
    "SECTIONS { /DISCARD/ : { *(.popcorn.module .popcorn.isa.*) } }\n";

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Each object in a file of its own: they may come from archives. */
static int write_inputs(const struct options *options,
                        const struct program *program,
                        struct bundle_member *members,
                        struct popcorn_error *error)
{
    char *list = NULL;
    size_t list_bytes = 0;
    FILE *out = open_memstream(&list, &list_bytes);
    int result = out != NULL ? 0 : elf_fail(error, -ENOMEM, "out of memory");
    for (unsigned i = 0; i < program->module_count && result == 0; i++) {
        const struct module *module = program->modules[i];
        const struct elf_view *file = &module->object.part[0].view;
        char *path = align_format("%s/%u.o", options->work, i);
        members[i] = (struct bundle_member){base_name(module->name),
                                            file->bytes, file->size_bytes};
        result = align_write_file(path, file->bytes, file->size_bytes, error);
        fprintf(out, "\"%s\"\n", path);
    }
    if (out != NULL && fclose(out) == 0 && result == 0) {
        char *path = align_format("%s/objects", options->work);
        result = align_write_file(path, list, list_bytes, error);
    }
    if (result == 0) {
        char *path = align_format("%s/discard.ld", options->work);
        result = align_write_file(path, script, sizeof(script) - 1, error);
    }
    return result;
}

/* `library`: what it stands for, or NULL. */
static int open_merged(const char *path, const struct library *library,
                       struct elf_view *host, struct popcorn_error *error)
{
    const uint8_t *file;
    uint64_t size_bytes;
    int result = elf_map_file(path, &file, &size_bytes, error);
    if (result != 0) {
        return result;
    }
    uint8_t *bytes = align_alloc(size_bytes, 1);
    memcpy(bytes, file, size_bytes);
    munmap((void *)file, size_bytes);
    result = elf_view_open(host, path, bytes, size_bytes, error);
    return result != 0 || library == NULL
               ? result
               : hidden_mask(library, host, bytes, error);
}

int relocatable_run(const struct options *options, struct program *program,
                    struct popcorn_error *error)
{
    struct elf_view host;
    struct bytes hidden = {0};
    const struct library *library = NULL;
    char *merged = align_format("%s/merged.o", options->work);
    int result = resolve(options, program, error);
    if (result == 0 && program->errors != 0) {
        return -EINVAL;
    }
    if (result == 0 && program->module_count == 0) {
        return elf_fail(error, -EINVAL, "no object to make one of");
    }
    struct bundle_member *members =
        align_alloc(program->module_count, sizeof(*members));
    if (result == 0) {
        result = write_inputs(options, program, members, error);
    }
    if (result == 0) {
        result = hidden_find(options, program, &hidden, error);
    }
    if (result == 0 && hidden.used != 0) {
        result = library_open(program, options->output, (char *)hidden.at,
                              hidden.used, &library, error);
    }
    if (result == 0) {
        result = link_host_parts(options, merged, error);
    }
    if (result == 0) {
        result = open_merged(merged, library, &host, error);
    }
    return result != 0 ? result
                       : bundle_write(options->output, &host, members,
                                      program->module_count, (char *)hidden.at,
                                      hidden.used, error);
}
