/* There is no dynamic linker: its machine code would be one ISA's. What dlopen finds
 * is what has been linked into the program for it (popcorn-clang -popcorn-dlopen). */
#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "dynlink.h"
#include <bits/plugins.h>

#pragma weak popcorn_plugins

/* A handle is its plugin. */
static const struct popcorn_plugin *find_plugin(const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash != NULL ? slash + 1 : file;
    if (popcorn_plugins == NULL) {
        return NULL;
    }
    for (const struct popcorn_plugin *p = popcorn_plugins; p->file != NULL;
         p++) {
        if (strcmp(p->file, name) == 0) {
            return p;
        }
    }
    return NULL;
}

static bool is_handle(const void *handle)
{
    if (popcorn_plugins != NULL) {
        for (const struct popcorn_plugin *p = popcorn_plugins; p->file != NULL;
             p++) {
            if (p == handle) {
                return true;
            }
        }
    }
    return false;
}

void *dlopen(const char *file, int mode)
{
    (void)mode;
    if (file == NULL) {
        __dl_seterr("programs are linked statically and have no table of "
                    "their symbols");
        return NULL;
    }
    const struct popcorn_plugin *plugin = find_plugin(file);
    if (plugin == NULL) {
        __dl_seterr("%s: programs are linked statically; link it into the "
                    "program: popcorn-clang -popcorn-dlopen=FILE",
                    file);
    }
    return (void *)plugin;
}

/* Musl's dlclose: plugins stay. */
int __dl_invalid_handle(void *handle)
{
    if (is_handle(handle)) {
        return 0;
    }
    __dl_seterr("Invalid library handle %p", handle);
    return 1;
}

/* Musl's dlsym. */
void *__dlsym(void *restrict handle, const char *restrict name,
              void *restrict caller)
{
    (void)caller;
    if (is_handle(handle)) {
        const struct popcorn_plugin *plugin = handle;
        for (const struct popcorn_symbol *s = plugin->symbols; s->name != NULL;
             s++) {
            if (strcmp(s->name, name) == 0) {
                return s->address;
            }
        }
    }
    __dl_seterr("Symbol not found: %s", name);
    return NULL;
}
