/* Finds the archive that -l means, or the stand-in of a shared object.
 *
 * The search is the driver's, not the linker's, so that a library that exists
 * only as a shared object or in a native system folder gets an error that says
 * so.  System folders are not searched: what is in them is native code.
 */
#include "driver.h"

#include <string.h>

bool is_implicit_library(const char *name)
{
    static const char *const names[] = {
        "gcc", "gcc_s", "gcc_eh", "atomic", "clang_rt.builtins", NULL};

    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* A stand-in comes before an archive, for it knows what it needs. */
static const char *try_directory(const struct driver *d, const char *directory,
                                 const char *name, const char **shared)
{
    struct strings ignored = {0};
    char *path;

    if (name[0] == ':') {
        path = format("%s/%s", directory, name + 1);
        return exists(path) ? path : NULL;
    }
    path = format("%s/lib%s.so", directory, name);
    if (exists(path) && !d->options.archives_only) {
        if (read_stand_in(path, &ignored)) {
            return path;
        }
        *shared = path;
    }
    path = format("%s/lib%s.a", directory, name);
    return exists(path) ? path : NULL;
}

const char *find_library(const struct driver *d, const char *name)
{
    const struct strings *search = &d->options.search;
    const char *own = part(d, "lib");
    const char *path, *shared = NULL;

    for (size_t i = 0; i < search->count; i++) {
        path = try_directory(d, search->item[i], name, &shared);
        if (path != NULL) {
            return path;
        }
    }
    path = try_directory(d, own, name, &shared);
    if (path == NULL) {
        path = try_directory(d, sysroot_part(d, "lib"), name, &shared);
    }
    if (path != NULL) {
        return path;
    }
    if (shared != NULL) {
        fail("-l%s: %s is a shared object, and programs are linked "
             "statically; build lib%s.a with CC=popcorn-clang AR=popcorn-ar",
             name, shared, name);
    }
    fail("-l%s: no lib%s.a in the -L directories (%zu given) or in %s; build "
         "it with CC=popcorn-clang AR=popcorn-ar and name its directory with "
         "-L, or see popcorn-port list",
         name, name, search->count, own);
}
