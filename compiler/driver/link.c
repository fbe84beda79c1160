/* From objects to a multi-ISA binary.
 *
 * Objects that are machine code (multi-ISA objects) are linked by popcorn-align.
 * With -flto, or if one of the user's objects was made with it, the whole program
 * is compiled at the link:
 *
 *   popcorn-objcheck   every input is neutral and of this ABI; takes the
 *                      native objects of -popcorn-native out
 *   ld.lld             one module: symbols resolved, internalised, optimised
 *   popcorn-objcheck   the merged module agrees with itself
 *   popcorn-codegen    machine code for each ISA
 *   popcorn-align      equal addresses, images, one file
 *
 * ld.lld sees the runtime (native.a) of the front end's ISA only so that its
 * symbols resolve and what it uses is kept; the images are linked by popcorn-align.
 */
#include "config.h"
#include "driver.h"
#include "isa/isa.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

/* What goes from step to step. */
struct link {
    struct driver *d;
    struct strings merge;  /* inputs and options of ld.lld, in order */
    struct strings align;  /* the same, of popcorn-align */
    struct strings files;  /* the user's objects and archives among them */
    bool whole;            /* the program is compiled at the link */
    struct strings native; /* per ISA of popcorn_isas: archive, or NULL */
    char *merged;
};

static void add_file(struct link *l, const char *path)
{
    add(&l->merge, path);
    add(&l->align, "--object");
    add(&l->align, path);
    add(&l->files, path);
}

/* Which of the two forms of an own library it is to be is known when all inputs
 * are. */
static void add_library(struct link *l, const char *name)
{
    const char *path = find_library(l->d, name);

    if (!starts_with(path, part(l->d, "lib/"))) {
        add_file(l, path);
        return;
    }
    add(&l->merge, part(l->d, format("lto/%s.a", stem(path))));
    add(&l->align, "--object");
    add(&l->align, path);
}

/* popcorn-align takes a value as the next argument. */
static void add_linker_option(struct link *l, const char *option)
{
    const char *equals = strchr(option, '=');

    add(&l->merge, option);
    if (equals == NULL) {
        add(&l->align, option);
    } else {
        add(&l->align, format("%.*s", (int)(equals - option), option));
        add(&l->align, equals + 1);
    }
}

static int compile_sources(struct link *l)
{
    const struct options *o = &l->d->options;

    for (size_t i = 0; i < o->input_count; i++) {
        const struct input *in = &o->input[i];
        const char *path = in->text;
        char *object;
        int status;

        switch (in->kind) {
        case INPUT_SOURCE:
            status = compile_for_link(l->d, in, i, &object);
            if (status != 0) {
                return status;
            }
            add_file(l, object);
            break;
        case INPUT_LIBRARY:
            if (is_implicit_library(path)) {
                break;
            }
            add_library(l, path);
            break;
        case INPUT_OBJECT:
            add_file(l, path);
            break;
        case INPUT_LINKER:
            add_linker_option(l, path);
            break;
        }
    }
    return 0;
}

/* popcorn-objcheck has left objects in DIR/<isa>: an archive for each ISA. */
static int archive_native(struct link *l, const char *directory)
{
    for (size_t i = 0; popcorn_isas[i] != NULL; i++) {
        const char *name = popcorn_isas[i]->name;
        char *folder = format("%s/%s", directory, name);
        struct strings argv = {0};
        struct dirent *entry;
        DIR *dir = opendir(folder);
        char *archive = NULL;

        if (dir != NULL) {
            archive = format("%s/user-%s.a", directory, name);
            add_all(&argv,
                    (const char *const[]){LLVM_AR_PATH, "rcs", archive, NULL});
            while ((entry = readdir(dir)) != NULL) {
                if (ends_with(entry->d_name, ".o")) {
                    add(&argv, format("%s/%s", folder, entry->d_name));
                }
            }
            closedir(dir);
            int status = run(l->d, &argv);
            if (status != 0) {
                return status;
            }
        }
        add(&l->native, archive);
    }
    return 0;
}

static int check_inputs(struct link *l)
{
    char *directory = temp_path(l->d, "native");
    struct strings argv = {0};
    int status;

    if (l->files.count == 0) {
        return 0;
    }
    add(&argv, need_part(l->d, "popcorn-objcheck"));
    add(&argv, "--native-dir");
    add(&argv, directory);
    extend(&argv, &l->files);
    status = run(l->d, &argv);
    return status != 0 ? status : archive_native(l, directory);
}

static const char *native_archive(const struct link *l, size_t isa)
{
    return isa < l->native.count ? l->native.item[isa] : NULL;
}

static const char *merge_native_archive(const struct link *l)
{
    for (size_t i = 0; popcorn_isas[i] != NULL; i++) {
        if (strcmp(popcorn_isas[i]->name, NEUTRAL_ISA) == 0) {
            return native_archive(l, i);
        }
    }
    return NULL;
}

static int merge(struct link *l)
{
    static const char *const llvm_options[] = LLVM_OPTIONS;
    struct driver *d = l->d;
    struct strings argv = {0};

    l->merged = temp_path(d, "merged.bc");
    add(&argv, need_part(d, "ld.lld"));
    add_all(&argv, (const char *const[]){"-m", NEUTRAL_EMULATION, "-static",
                                         "-e", "_start", "--gc-sections",
                                         "--lto-emit-llvm", NULL});
    add(&argv, format("--lto-O%s", optimisation_level(&d->options)));
    for (size_t i = 0; llvm_options[i] != NULL; i++) {
        add(&argv, "-mllvm");
        add(&argv, llvm_options[i]);
    }
    add(&argv, "-o");
    add(&argv, l->merged);
    extend(&argv, &l->merge);
    if (merge_native_archive(l) != NULL) {
        add(&argv, merge_native_archive(l));
    }
    if (!d->options.no_libc) {
        add(&argv, need_part(d, "lto/libc.a"));
    }
    add(&argv, need_part(d, "isa/" NEUTRAL_ISA "/native.a"));
    return run(d, &argv);
}

/* What popcorn-objcheck and popcorn-codegen know of native code. */
static void add_native_archives(struct link *l, struct strings *argv)
{
    for (size_t i = 0; popcorn_isas[i] != NULL; i++) {
        const char *isa = popcorn_isas[i]->name;
        const char *user = native_archive(l, i);

        if (user != NULL) {
            add(argv, "--native");
            add(argv, user);
        }
        add(argv, "--runtime");
        add(argv, need_part(l->d, format("isa/%s/native.a", isa)));
        add(argv, "--runtime");
        add(argv, need_part(l->d, format("isa/%s/builtins.a", isa)));
    }
}

static int check_merged(struct link *l)
{
    struct strings argv = {0};

    add(&argv, need_part(l->d, "popcorn-objcheck"));
    add_native_archives(l, &argv);
    add(&argv, "--merged");
    add(&argv, l->merged);
    return run(l->d, &argv);
}

static int generate(struct link *l)
{
    struct strings argv = {0};

    add(&argv, need_part(l->d, "popcorn-codegen"));
    add_codegen_options(l->d, &argv);
    add_native_archives(l, &argv);
    add_isa_objects(l->d, "", &argv);
    add(&argv, l->merged);
    return run(l->d, &argv);
}

static struct strings align_command(struct link *l)
{
    const char *output = l->d->options.output;
    struct strings argv = {0};

    add(&argv, need_part(l->d, "popcorn-align"));
    add(&argv, "--lib");
    add(&argv, format("%s/lib/popcorn", l->d->root));
    add(&argv, "-o");
    add(&argv, output != NULL ? output : "a.out");
    return argv;
}

/* Objects that are machine code. */
static int align_objects(struct link *l)
{
    struct strings argv = align_command(l);

    if (l->d->options.save_temps != NULL) {
        add(&argv, "--keep");
        add(&argv, temp_path(l->d, "link"));
    }
    if (l->d->options.relocatable) {
        add(&argv, "-r");
    }
    extend(&argv, &l->align);
    if (!l->d->options.no_libc && !l->d->options.relocatable) {
        add(&argv, "--object");
        add(&argv, need_part(l->d, "lib/libc.a"));
    }
    return run(l->d, &argv);
}

static int align(struct link *l)
{
    struct strings argv = align_command(l);

    add_isa_objects(l->d, "", &argv);
    for (size_t i = 0; popcorn_isas[i] != NULL; i++) {
        if (native_archive(l, i) != NULL) {
            add(&argv, "--native");
            add(&argv,
                format("%s=%s", popcorn_isas[i]->name, native_archive(l, i)));
        }
    }
    return run(l->d, &argv);
}

/* clang is asked about options that only it knows: a link has no clang. */
static int check_unknown(struct link *l)
{
    const struct options *o = &l->d->options;
    struct strings argv = {0};

    for (size_t i = 0; i < o->input_count; i++) {
        if (o->input[i].kind == INPUT_SOURCE) {
            return 0;
        }
    }
    if (o->unknown.count == 0) {
        return 0;
    }
    add(&argv, CLANG_PATH);
    extend(&argv, &o->unknown);
    add_all(&argv, (const char *const[]){"-fsyntax-only", "-Wno-everything",
                                         "-x", "c", "/dev/null", NULL});
    return run(l->d, &argv);
}

static bool is_bitcode(const char *path)
{
    char magic[2] = "";
    FILE *file = fopen(path, "rb");
    bool found = file != NULL && fread(magic, 1, 2, file) == 2 &&
                 memcmp(magic, "BC", 2) == 0;

    if (file != NULL) {
        fclose(file);
    }
    return found;
}

/* One object that is not machine code makes the link a compilation. */
static int choose_kind(struct link *l)
{
    l->whole = l->d->options.lto;
    for (size_t i = 0; i < l->files.count; i++) {
        l->whole |= is_bitcode(l->files.item[i]);
    }
    if (l->whole && l->d->options.relocatable) {
        fail("-r: objects made with -flto cannot be merged into one; make an "
             "archive instead: popcorn-ar rcs libNAME.a FILE.o...");
    }
    return 0;
}

static int run_steps(struct link *l, int (*const *steps)(struct link *))
{
    int status = 0;

    while (*steps != NULL && status == 0) {
        status = (*steps++)(l);
    }
    return status;
}

int run_linker(struct driver *d)
{
    static int (*const first[])(struct link *) = {
        check_unknown, compile_sources, choose_kind, NULL};
    static int (*const whole[])(struct link *) = {
        check_inputs, merge, check_merged, generate, align, NULL};
    static int (*const separate[])(struct link *) = {align_objects, NULL};
    struct link l = {.d = d};
    int status;

    if (d->options.emit_llvm) {
        fail("-emit-llvm needs -c or -S: a program is machine code");
    }
    status = run_steps(&l, first);
    if (status == 0) {
        status = run_steps(&l, l.whole ? whole : separate);
    }
    return status;
}

int run_linker_query(struct driver *d)
{
    struct strings argv = {0};

    add(&argv, need_part(d, "ld.lld"));
    extend(&argv, &d->options.linker_query);
    return run_last(d, &argv);
}
