/* The folders where headers are looked for.
 *
 * After the user's -isystem folders, as natively: libc++'s for C++ alone, libc's, then
 * clang's own, the order that clang itself has with musl, which config.guess knows by
 * its <stdarg.h>.  clang puts -cxx-isystem behind -isystem and before -internal-isystem,
 * which is what it uses for its own, and only it knows which sources are C++.
 */
#include "config.h"
#include "driver.h"

static void add_folder(struct strings *argv, const char *path)
{
    add_all(argv, (const char *const[]){"-Xclang", "-internal-isystem",
                                        "-Xclang", path, NULL});
}

void add_include_folders(const struct driver *d, const char *first,
                         struct strings *argv)
{
    const struct options *o = &d->options;

    add(argv, "-nostdinc");
    if (o->no_includes) {
        return;
    }
    if (!o->no_cxx_includes) {
        add(argv, "-cxx-isystem");
        add(argv, part(d, "include/c++/v1"));
    }
    if (first != NULL) {
        add_folder(argv, part(d, first));
    }
    add_folder(argv, part(d, "include"));
    add_folder(argv, CLANG_RESOURCE "/include");
    if (exists(sysroot_part(d, "include"))) {
        add_folder(argv, sysroot_part(d, "include"));
    }
}
