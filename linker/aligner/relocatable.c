/* One object of several (-r): their host parts merged by ld.lld, for other tools
 * to see, with the objects themselves in it for the link (linker/object/bundle.h).
 * With --library it stands for a shared object, whose hidden names are noted.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

/* --- a stand-in of a shared object: which names only it knows --- */

struct hidden {
    const struct options *options;
    struct version_script *script; /* or NULL */
    struct bytes text;             /* as linker/object/bundle.h has it */
};

/* `module`: ARCHIVE(MEMBER), or no member of any. */
static bool is_excluded(const struct options *options, const char *module)
{
    const char *name = base_name(module);
    const char *member = strchr(name, '(');
    for (unsigned i = 0; member != NULL && i < options->exclude_libs_count;
         i++) {
        const char *excluded = options->exclude_libs[i];
        if (strcmp(excluded, "ALL") == 0 ||
            (strlen(excluded) == (size_t)(member - name) &&
             strncmp(excluded, name, strlen(excluded)) == 0)) {
            return true;
        }
    }
    return false;
}

static void add_hidden(struct hidden *hidden, const struct module *module)
{
    const struct part *part = &module->part[0];
    bool excluded = is_excluded(hidden->options, module->name);
    for (uint64_t i = 1; i < part->symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&part->symbols, i);
        unsigned visibility = ELF64_ST_VISIBILITY(symbol.st_other);
        const char *name = elf_symbol_name(&part->symbols, &symbol);
        if (ELF64_ST_BIND(symbol.st_info) != STB_LOCAL &&
            symbol.st_shndx != SHN_UNDEF &&
            (excluded || visibility == STV_HIDDEN ||
             visibility == STV_INTERNAL ||
             (hidden->script != NULL &&
              version_script_hides(hidden->script, name)))) {
            bytes_append(&hidden->text, name, strlen(name) + 1);
        }
    }
}

static int find_hidden(const struct options *options,
                       const struct program *program, struct hidden *hidden,
                       struct popcorn_error *error)
{
    int result = 0;
    hidden->options = options;
    if (options->library == NULL) {
        return 0;
    }
    bytes_append(&hidden->text, options->library, strlen(options->library) + 1);
    if (options->version_script != NULL) {
        result = version_script_read(options->version_script, &hidden->script,
                                     error);
    }
    for (unsigned i = 0; result == 0 && i < program->module_count; i++) {
        add_hidden(hidden, program->modules[i]);
    }
    return result;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* An index of archives has what is defined, and no other file is to find these:
 * `merged` says of them that they are weak and undefined. */
static int mask_hidden(const struct hidden *hidden, struct elf_view *merged,
                       uint8_t *bytes, struct popcorn_error *error)
{
    struct elf_symbols symbols;
    const char **names = NULL;
    size_t count = 0;
    int result = elf_view_symbols(merged, &symbols, error);
    for (uint64_t at = 0; at < hidden->text.used;
         at += strlen((char *)hidden->text.at + at) + 1) {
        names = align_room(names, count, sizeof(*names));
        names[count++] = (char *)hidden->text.at + at;
    }
    if (result != 0 || count < 2) {
        free(names);
        return result;
    }
    names++; /* the library's own */
    qsort(names, --count, sizeof(*names), compare_names);
    for (uint64_t i = 1; i < symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&symbols, i);
        const char *name = elf_symbol_name(&symbols, &symbol);
        if (ELF64_ST_BIND(symbol.st_info) != STB_LOCAL &&
            bsearch(&name, names, count, sizeof(*names), compare_names) !=
                NULL) {
            symbol.st_info =
                ELF64_ST_INFO(STB_WEAK, ELF64_ST_TYPE(symbol.st_info));
            symbol.st_shndx = SHN_UNDEF;
            symbol.st_value = 0;
            memcpy(bytes + (symbols.entries - bytes) + i * sizeof(symbol),
                   &symbol, sizeof(symbol));
        }
    }
    free(names - 1);
    return 0;
}

static int open_merged(const char *path, const struct hidden *hidden,
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
    return result != 0 ? result : mask_hidden(hidden, host, bytes, error);
}

int relocatable_run(const struct options *options, struct program *program,
                    struct popcorn_error *error)
{
    struct elf_view host;
    struct hidden hidden = {0};
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
        result = find_hidden(options, program, &hidden, error);
    }
    if (result == 0) {
        result = link_host_parts(options, merged, error);
    }
    if (result == 0) {
        result = open_merged(merged, &hidden, &host, error);
    }
    return result != 0
               ? result
               : bundle_write(options->output, &host, members,
                              program->module_count, (char *)hidden.text.at,
                              hidden.text.used, error);
}
