/* popcorn-clang: a compiler driver that makes multi-ISA binaries; popcorn-clang++ is
 * the same program.
 *
 * Drop-in CC and CXX.  What it runs, and what each option becomes: docs/driver.md. */
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The directory above the one this program is in: ../lib/popcorn has the rest,
 * in the build tree as when installed. */
static const char *find_root(void)
{
    static char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

    if (length < 0) {
        fail("cannot read /proc/self/exe, which says where Popcorn is "
             "installed; mount /proc");
    }
    path[length] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(path, '/');
        if (slash == NULL) {
            fail("cannot tell where Popcorn is installed from %s", path);
        }
        *slash = '\0';
    }
    return path;
}

/* Nothing but headers, and no -E or the like. */
static bool is_for_headers(const struct options *o)
{
    bool only = o->mode == MODE_LINK || o->mode == MODE_PRECOMPILE;

    for (size_t i = 0; i < o->input_count; i++) {
        only &= is_header(&o->input[i]);
    }
    return only;
}

int main(int argc, char **argv)
{
    static struct driver d;
    const struct options *o = &d.options;

    d.root = find_root();
    parse_options(&d, argc, argv);
    if (o->verbose || o->dry_run) {
        print_version(&d, true);
    }
    if (o->linker_query.count > 0) {
        return run_linker_query(&d);
    }
    if (o->input_count == 0) {
        if (o->verbose || o->dry_run) {
            return 0;
        }
        fail("no input files; see --help");
    }
    if (o->save_temps != NULL && access(o->save_temps, W_OK) != 0) {
        fail("-popcorn-save-temps=%s: not a directory that can be written",
             o->save_temps);
    }
    if (is_for_headers(o)) {
        return precompile_headers(&d);
    }
    if (o->mode == MODE_LINK) {
        return run_linker(&d);
    }
    return o->native ? run_native_compiler(&d) : run_compiler(&d);
}
