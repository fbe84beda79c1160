/* Stand-ins of shared objects in a link: what keeps their names apart.
 *
 * A shared object's hidden names are its own, and what it defines and gives away
 * yields to what the program defines (ELF's interposition: gABI, "Dynamic
 * Linking"). Here such names are called NAME.LIBRARY in the whole program, and
 * definitions that are given away are weak.
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

static bool is_taken(const struct program *program, const char *name)
{
    for (unsigned i = 0; i < program->library_count; i++) {
        if (strcmp(program->libraries[i]->name, name) == 0) {
            return true;
        }
    }
    return false;
}

int library_open(struct program *program, const char *path, const char *text,
                 uint64_t bytes, const struct library **library,
                 struct popcorn_error *error)
{
    struct library *new = align_alloc(1, sizeof(*new));
    if (bytes < 2 || text[0] == '\0' || text[bytes - 1] != '\0') {
        return elf_fail(error, -EBADMSG,
                        "%s: truncated or corrupt: what it hides", path);
    }
    new->name = text;
    for (unsigned i = 2; is_taken(program, new->name); i++) {
        new->name = align_format("%s.%u", text, i);
    }
    for (uint64_t at = strlen(text) + 1; at < bytes;
         at += strlen(text + at) + 1) {
        new->hidden =
            align_room(new->hidden, new->hidden_count, sizeof(*new->hidden));
        new->hidden[new->hidden_count++] = text + at;
    }
    if (new->hidden_count != 0) {
        qsort(new->hidden, new->hidden_count, sizeof(*new->hidden),
              compare_names);
    }
    program->libraries = align_room(program->libraries, program->library_count,
                                    sizeof(*program->libraries));
    program->libraries[program->library_count++] = new;
    *library = new;
    return 0;
}

const char *module_symbol_name(const struct module *module, const char *name)
{
    const struct library *library = module->library;
    if (library == NULL || library->hidden_count == 0 ||
        bsearch(&name, library->hidden, library->hidden_count,
                sizeof(*library->hidden), compare_names) == NULL) {
        return name;
    }
    return align_format("%s.%s", name, library->name);
}

bool module_defines_weakly(const struct module *module, unsigned binding)
{
    return binding != STB_GLOBAL || module->library != NULL;
}
