/* Stand-ins of shared objects in a link: what keeps their names apart.
 *
 * A shared object's hidden names are its own, and what it defines and gives away
 * yields to what the program defines (ELF's interposition: gABI, "Dynamic
 * Linking"). Here such names are called NAME.LIBRARY in the whole program, and
 * resolve.c has definitions that are given away yield. All that a plugin defines is
 * its own: it is found by dlsym alone.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "linker/aligner/aligner.h"

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_name(const char ***names, unsigned *count, const char *name)
{
    *names = align_room(*names, *count, sizeof(**names));
    (*names)[(*count)++] = name;
}

static bool is_taken(const struct program *program, const char *name)
{
    for (unsigned i = 0; i < program->library_count; i++) {
        if (strcmp(program->libraries[i]->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static struct library *read_library(const char *path, const char *text,
                                    uint64_t bytes, struct popcorn_error *error)
{
    struct library *library = align_alloc(1, sizeof(*library));
    if (bytes < 2 || text[0] == '\0' || text[bytes - 1] != '\0') {
        elf_fail(error, -EBADMSG, "%s: truncated or corrupt: what it hides",
                 path);
        return NULL;
    }
    library->name = text;
    for (uint64_t at = strlen(text) + 1; at < bytes;
         at += strlen(text + at) + 1) {
        add_name(&library->hidden, &library->hidden_count, text + at);
    }
    return library;
}

static void enter_library(struct program *program, struct library *library)
{
    const char *name = library->name;
    for (unsigned i = 2; is_taken(program, library->name); i++) {
        library->name = align_format("%s.%u", name, i);
    }
    if (library->hidden_count != 0) {
        qsort(library->hidden, library->hidden_count, sizeof(*library->hidden),
              compare_names);
    }
    program->libraries = align_room(program->libraries, program->library_count,
                                    sizeof(*program->libraries));
    program->libraries[program->library_count++] = library;
}

int library_open(struct program *program, const char *path, const char *text,
                 uint64_t bytes, const struct library **library,
                 struct popcorn_error *error)
{
    struct library *new = read_library(path, text, bytes, error);
    if (new == NULL) {
        return -EBADMSG;
    }
    enter_library(program, new);
    *library = new;
    return 0;
}

int plugin_open(struct program *program, const char *name,
                const struct elf_view *bundle, const char *text, uint64_t bytes,
                const struct library **library, struct popcorn_error *error)
{
    struct elf_symbols symbols;
    struct library *new = read_library(bundle->name, text, bytes, error);
    int result =
        new == NULL ? -EBADMSG : elf_view_symbols(bundle, &symbols, error);
    if (result != 0) {
        return result;
    }
    for (uint64_t i = 1; i < symbols.count; i++) {
        Elf64_Sym symbol = elf_symbol(&symbols, i);
        if (ELF64_ST_BIND(symbol.st_info) != STB_LOCAL &&
            symbol.st_shndx != SHN_UNDEF) {
            const char *given = elf_symbol_name(&symbols, &symbol);
            add_name(&new->hidden, &new->hidden_count, given);
            add_name(&new->given, &new->given_count, given);
        }
    }
    new->name = name;
    enter_library(program, new);
    *library = new;
    return 0;
}

void library_describe(const struct library *library, struct bytes *text)
{
    bytes_append(text, library->name, strlen(library->name) + 1);
    for (unsigned i = 0; i < library->hidden_count; i++) {
        bytes_append(text, library->hidden[i], strlen(library->hidden[i]) + 1);
    }
}

bool library_hides(const struct library *library, const char *name)
{
    return library->hidden_count != 0 &&
           bsearch(&name, library->hidden, library->hidden_count,
                   sizeof(*library->hidden), compare_names) != NULL;
}

const char *module_symbol_name(const struct module *module, const char *name)
{
    const struct library *library = module->library;
    if (library == NULL || !library_hides(library, name)) {
        return name;
    }
    return align_format("%s.%s", name, library->name);
}

bool module_defines_weakly(const struct module *module, unsigned binding)
{
    return binding != STB_GLOBAL || module->library != NULL;
}
