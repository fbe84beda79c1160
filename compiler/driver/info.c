/* Questions about the compiler, answered without compiling: --help, --version
 * and the -print options that build systems ask. */
#include "config.h"
#include "driver.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static const char help[] =
    "popcorn-clang: C and C++ compiler for programs that move between ISAs\n"
    "\n"
    "  popcorn-clang [OPTION]... FILE...\n"
    "  popcorn-clang++ [OPTION]... FILE...\n"
    "\n"
    "Takes C and C++ sources, neutral objects (.o) and archives of them (.a); "
    "makes\nneutral objects, or one multi-ISA binary. Use it as CC, "
    "popcorn-clang++ as CXX, with\nAR=popcorn-ar, NM=popcorn-nm, "
    "RANLIB=popcorn-ranlib. popcorn-clang++ links libc++.\n"
    "\n"
    "What to make\n"
    "  -c                       neutral objects; no link\n"
    "  -S                       neutral LLVM IR as text\n"
    "  -E, -M, -MM              preprocess only, dependencies only\n"
    "  -fsyntax-only            check only\n"
    "  -o FILE                  name of the output\n"
    "  --precompile             the interface of a module (.cppm)\n"
    "  -x LANGUAGE              c, c++, c-header, c++-header, c++-module, "
    "ir, none, ...\n"
    "\n"
    "clang's options that mean what they mean natively\n"
    "  -I -D -U -include -isystem -std= -W... -O0..-O3 -Os -g -MD -MMD -MF "
    "-MT -MQ\n  -MP -pthread -f... (language and optimisation) @FILE\n"
    "\n"
    "Link\n"
    "  -L DIR, -l NAME          archives; -lc is added\n"
    "  -nostdlib++ -nostdinc++  without libc++, without its headers\n"
    "  -stdlib=libc++           accepted; there is no other\n"
    "  -Wl,OPTION               those with a meaning here; see the manual\n"
    "  -shared                  an archive that stands for a shared object\n"
    "  -static -pie -rdynamic   accepted; programs are static\n"
    "\n"
    "Popcorn\n"
    "  -popcorn-native          compile these sources (C or assembly) once for "
    "each\n                           ISA; threads cannot move inside them\n"
    "  -popcorn-dlopen=FILE     at a link: the library FILE, made with "
    "-shared, "
    "is\n                           in the program for dlopen to find\n"
    "  -popcorn-save-temps=DIR  keep the intermediate files of a link\n"
    "  -popcorn-stats[=FILE]    at a link: print counts of the code "
    "generators,\n"
    "                           or append them to FILE\n"
    "  -popcorn-dense-points    at a link: a migration point at every "
    "function\n"
    "                           entry and in every loop iteration (for tests)\n"
    "  -popcorn-short-strips    at a link: each strip-mined loop is left for "
    "a\n"
    "                           migration point every 8 iterations (for "
    "tests)\n"
    "  -popcorn-codegen=OPTION  at a link: an option for popcorn-codegen (for\n"
    "                           developers: docs/codegen.md)\n"
    "\n"
    "Information\n"
    "  -v, -###                 print the commands (-###: do not run them)\n"
    "  --version --help -dumpmachine -dumpversion -print-file-name=NAME\n"
    "  -print-prog-name=NAME -print-search-dirs -print-resource-dir\n"
    "\n"
    "Manual: popcorn-clang(1), docs/driver.md\n";

/* A configure script compares this with config.guess: what is built runs on
 * this machine, so it is this machine's name. */
static const char *machine(void)
{
    static struct utsname name;

    if (uname(&name) != 0) {
        fail("cannot tell this machine's name: %s", strerror(errno));
    }
    return name.machine;
}

void print_version(const struct driver *d, bool to_stderr)
{
    fprintf(to_stderr ? stderr : stdout,
            "popcorn clang version " CLANG_VERSION " (Popcorn " POPCORN_VERSION
            ", neutral ABI %d)\n"
            "Target: %s-pc-linux-musl\n"
            "Thread model: posix\n"
            "InstalledDir: %s/bin\n",
            POPCORN_ABI_VERSION, machine(), d->root);
}

static const char *find_file(const struct driver *d, const char *name)
{
    const char *const candidates[] = {part(d, format("lib/%s", name)),
                                      part(d, name),
                                      format(CLANG_RESOURCE "/%s", name), NULL};

    for (size_t i = 0; candidates[i] != NULL; i++) {
        if (exists(candidates[i])) {
            return candidates[i];
        }
    }
    return name;
}

static const char *find_program(const struct driver *d, const char *name)
{
    const char *own = format("%s/bin/popcorn-%s", d->root, name);

    if (exists(own)) {
        return own;
    }
    if (strcmp(name, "ld") == 0) {
        return part(d, "ld.lld");
    }
    return exists(part(d, name)) ? part(d, name) : name;
}

bool answer_query(const struct driver *d, const char *arg)
{
    const char *value = strchr(arg, '=');
    /* GCC's spelling has one dash, clang's one or two. */
    const char *name = starts_with(arg, "--") ? arg + 1 : arg;

    if (strcmp(arg, "--help") == 0 || strcmp(arg, "-help") == 0) {
        fputs(help, stdout);
    } else if (strcmp(arg, "--version") == 0) {
        print_version(d, false);
    } else if (strcmp(name, "-dumpmachine") == 0 ||
               strcmp(name, "-print-target-triple") == 0 ||
               strcmp(name, "-print-effective-triple") == 0) {
        printf("%s-pc-linux-musl\n", machine());
    } else if (strcmp(name, "-dumpversion") == 0 ||
               strcmp(name, "-dumpfullversion") == 0) {
        puts(CLANG_VERSION);
    } else if (starts_with(name, "-print-file-name=")) {
        puts(find_file(d, value + 1));
    } else if (starts_with(name, "-print-prog-name=")) {
        puts(find_program(d, value + 1));
    } else if (strcmp(name, "-print-libgcc-file-name") == 0) {
        /* The link adds the builtins; a file that may be named twice. */
        puts(part(d, "lib/libc.a"));
    } else if (strcmp(name, "-print-library-module-manifest-path") == 0) {
        puts(part(d, "lib/libc++.modules.json"));
    } else if (strcmp(name, "-print-search-dirs") == 0) {
        printf("programs: =%s/bin:%s\nlibraries: =%s\n", d->root, part(d, ""),
               part(d, "lib"));
    } else if (strcmp(name, "-print-resource-dir") == 0) {
        puts(CLANG_RESOURCE);
    } else if (strcmp(name, "-print-multi-directory") == 0 ||
               strcmp(name, "-print-multi-lib") == 0 ||
               strcmp(name, "-print-multi-os-directory") == 0) {
        puts(strcmp(name, "-print-multi-lib") == 0 ? ".;" : ".");
    } else if (strcmp(name, "-print-sysroot") == 0 ||
               strcmp(name, "-print-multiarch") == 0) {
        puts("");
    } else {
        return false;
    }
    return true;
}
