/* From objects to a multi-ISA binary.
 *
 * Objects that are machine code (multi-ISA objects) are linked by popcorn-align.
 * With -flto, or if one of the user's objects was made with it, what is bitcode
 * is compiled first, as one module:
 *
 *   popcorn-objcheck   every input is of this ABI; machine code in a form that
 *                      ld.lld understands
 *   ld.lld             one module: symbols resolved, internalised, optimised
 *   popcorn-objcheck   the merged module agrees with itself
 *   popcorn-codegen    a multi-ISA object of it
 *   popcorn-align      equal addresses, images, one file
 *
 * ld.lld sees machine code of the front end's ISA only, so that its symbols
 * resolve and what it uses is kept; the images are linked by popcorn-align.
 */
#include "config.h"
#include "driver.h"
#include "isa/isa.h"
#include "linker/object/archive.h"
#include "linker/pack/elf_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum item_kind {
    ITEM_FILE,    /* the user's object or archive */
    ITEM_LIBRARY, /* an own library, by its name */
    ITEM_PLUGIN,  /* a stand-in for dlopen to find */
    ITEM_OPTION,  /* of the linker */
};

struct item {
    enum item_kind kind;
    const char *text;
    const char *merge; /* of a file: what ld.lld gets */
    const char *code;  /* and what popcorn-align gets; NULL: it is bitcode */
};

/* What goes from step to step. */
struct link {
    struct driver *d;
    struct item *item; /* inputs and linker options, in order */
    size_t count, capacity;
    struct strings needs; /* of stand-ins that are in `item` */
    bool whole;           /* there is bitcode, or -flto */
    char *merged;
    char *bundle; /* -shared: the objects as one */
};

static void add_needed(struct link *l, const char *user, const char *text);

static void add_item(struct link *l, enum item_kind kind, const char *text)
{
    if (l->count == l->capacity) {
        l->capacity = 2 * l->capacity + 16;
        l->item = realloc(l->item, l->capacity * sizeof(l->item[0]));
        if (l->item == NULL) {
            fail("out of memory");
        }
    }
    l->item[l->count++] = (struct item){kind, text, text, text};
}

static bool is_listed(const struct strings *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->item[i], text) == 0) {
            return true;
        }
    }
    return false;
}

/* A stand-in of a shared object brings what it needs, each thing once. A stand-in
 * made of others only notes them. */
static void add_file(struct link *l, const char *path)
{
    struct strings needs = {0};

    if (read_stand_in(path, &needs)) {
        char *resolved = realpath(path, NULL);
        bool known = is_listed(&l->needs, resolved);
        if (!known) {
            add(&l->needs, resolved);
        }
        if (known || l->d->options.shared) {
            return;
        }
    }
    add_item(l, ITEM_FILE, path);
    for (size_t i = 0; i < needs.count; i++) {
        add_needed(l, path, needs.item[i]);
    }
}

static void add_library(struct link *l, const char *name)
{
    const char *path;

    /* As clang has it; and libc++ is nothing without its ABI library. */
    if (strcmp(name, "stdc++") == 0) {
        name = "c++";
    }
    path = find_library(l->d, name);
    bool own = starts_with(path, part(l->d, "lib/"));

    if (!own) {
        add_file(l, path);
    } else if (l->d->options.shared) {
        add(&l->needs, format("-l%s", name));
    } else {
        add_item(l, ITEM_LIBRARY, stem(path));
    }
    if (own && strcmp(name, "c++") == 0) {
        add_library(l, "c++abi");
    }
}

/* Is a file of this name, or a link to one, an input? */
static bool is_input(const struct options *o, const char *name)
{
    for (size_t i = 0; i < o->input_count; i++) {
        char *path = o->input[i].kind == INPUT_OBJECT
                         ? realpath(o->input[i].text, NULL)
                         : NULL;
        if (path != NULL && strcmp(base_name(path), name) == 0) {
            return true;
        }
    }
    return false;
}

/* What the stand-in `user` was linked with: a path, or -lNAME. The file may have
 * been installed elsewhere since. */
static void add_needed(struct link *l, const char *user, const char *text)
{
    const struct options *o = &l->d->options;

    if (starts_with(text, "-l")) {
        add_library(l, text + 2);
        return;
    }
    if (exists(text)) {
        add_file(l, text);
        return;
    }
    for (size_t i = 0; i < o->search.count; i++) {
        char *path = format("%s/%s", o->search.item[i], base_name(text));
        if (exists(path)) {
            add_file(l, path);
            return;
        }
    }
    if (!is_input(o, base_name(text))) {
        fail("%s needs %s, which is not there any more, and no %s is in the "
             "-L directories (%zu given)",
             user, text, base_name(text), o->search.count);
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
            add_item(l, ITEM_FILE, object);
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
            add_item(l, ITEM_OPTION, path);
            break;
        }
    }
    return 0;
}

/* popcorn-clang++. */
static int add_cxx_library(struct link *l)
{
    const struct options *o = &l->d->options;

    if (!o->cxx || o->no_cxx_library || o->relocatable) {
        return 0;
    }
    if (o->experimental_library) {
        add_library(l, "c++experimental");
    }
    add_library(l, "c++");
    return 0;
}

/* Plugins come last, with what they need. */
static int add_plugins(struct link *l)
{
    const struct options *o = &l->d->options;
    char *table;

    if (o->plugins.count == 0) {
        return 0;
    }
    if (o->relocatable || o->shared) {
        fail("-popcorn-dlopen is for a program: leave it out with %s",
             o->shared ? "-shared" : "-r");
    }
    int status = compile_plugin_table(l->d, &table);
    if (status != 0) {
        return status;
    }
    add_item(l, ITEM_FILE, table);
    for (size_t i = 0; i < o->plugins.count; i++) {
        struct strings needs = {0};
        read_stand_in(o->plugins.item[i], &needs);
        add_item(l, ITEM_PLUGIN, o->plugins.item[i]);
        for (size_t k = 0; k < needs.count; k++) {
            add_needed(l, o->plugins.item[i], needs.item[k]);
        }
    }
    return 0;
}

/* Bitcode is merged by ld.lld, to which no member of an archive is several objects. */
static int open_stand_ins(struct link *l)
{
    for (size_t i = 0; i < l->count; i++) {
        struct item *item = &l->item[i];
        struct strings ignored = {0};
        if (item->kind == ITEM_FILE && read_stand_in(item->text, &ignored)) {
            item->text = bundle_of_stand_in(l->d, item->text, i);
        }
    }
    return 0;
}

/* A file that popcorn-objcheck may have written of input `number`. */
static char *written(struct link *l, const char *folder, size_t number)
{
    return format("%s/%s/%zu", temp_path(l->d, "machine-code"), folder, number);
}

static void take_written(struct link *l, struct item *file, size_t number)
{
    char *merge = written(l, "merge", number);
    char *code = written(l, "code", number);

    if (exists(merge)) {
        file->merge = merge;
        file->code = exists(code) ? code : file->text;
    } else {
        file->code = NULL;
    }
}

static int check_inputs(struct link *l)
{
    struct strings argv = {0};
    size_t files = 0;
    int status;

    add(&argv, need_part(l->d, "popcorn-objcheck"));
    add(&argv, "--machine-code");
    add(&argv, temp_path(l->d, "machine-code"));
    for (size_t i = 0; i < l->count; i++) {
        if (l->item[i].kind == ITEM_FILE) {
            add(&argv, l->item[i].text);
            files++;
        }
    }
    status = files == 0 ? 0 : run(l->d, &argv);
    for (size_t i = 0, number = 0; i < l->count; i++) {
        if (l->item[i].kind == ITEM_FILE) {
            take_written(l, &l->item[i], number++);
        }
    }
    return status;
}

/* The inputs and options as ld.lld gets them. */
static void add_merge_items(struct link *l, struct strings *argv)
{
    char *options = temp_path(l->d, "machine-code/merge/options");

    for (size_t i = 0; i < l->count; i++) {
        const struct item *item = &l->item[i];

        switch (item->kind) {
        case ITEM_FILE:
            add(argv, item->merge);
            break;
        case ITEM_LIBRARY:
            add(argv, part(l->d, format("lto/%s.a", item->text)));
            break;
        case ITEM_PLUGIN: /* refused */
            break;
        case ITEM_OPTION:
            add(argv, item->text);
            break;
        }
    }
    if (exists(options)) {
        add(argv, format("@%s", options));
    }
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
    add_merge_items(l, &argv);
    if (!d->options.no_libc) {
        add(&argv, need_part(d, "lto/libc.a"));
    }
    add(&argv, need_part(d, "isa/" NEUTRAL_ISA "/native.a"));
    return run(d, &argv);
}

static bool has_machine_code(const struct item *item)
{
    return item->kind == ITEM_FILE && item->code != NULL;
}

static int check_merged(struct link *l)
{
    struct strings argv = {0};

    add(&argv, need_part(l->d, "popcorn-objcheck"));
    for (size_t i = 0; i < l->count; i++) {
        if (has_machine_code(&l->item[i])) {
            add(&argv, "--with");
            add(&argv, l->item[i].code);
        }
    }
    if (!l->d->options.no_libc) {
        add(&argv, "--with");
        add(&argv, need_part(l->d, "lto/strings.a"));
    }
    for (size_t i = 0; popcorn_isas[i] != NULL; i++) {
        const char *isa = popcorn_isas[i]->name;
        add(&argv, "--with");
        add(&argv, need_part(l->d, format("isa/%s/native.a", isa)));
        add(&argv, "--with");
        add(&argv, need_part(l->d, format("isa/%s/builtins.a", isa)));
    }
    add(&argv, "--merged");
    add(&argv, l->merged);
    return run(l->d, &argv);
}

/* The object of the merged module takes its name in `merged`. */
static int generate(struct link *l)
{
    char *object = temp_path(l->d, "merged.o");
    bool alone = true;
    int status;

    for (size_t i = 0; i < l->count; i++) {
        alone &= !has_machine_code(&l->item[i]);
    }
    status = generate_object(l->d, l->merged, object, alone);
    l->merged = object;
    return status;
}

/* popcorn-align takes a value as the next argument. */
static void add_align_option(const char *option, struct strings *argv)
{
    const char *equals = strchr(option, '=');

    if (equals == NULL) {
        add(argv, option);
    } else {
        add(argv, format("%.*s", (int)(equals - option), option));
        add(argv, equals + 1);
    }
}

static void add_object(const char *path, struct strings *argv)
{
    add(argv, "--object");
    add(argv, path);
}

/* Whatever is machine code, in order, behind what was compiled at this link. */
static void add_align_items(struct link *l, struct strings *argv)
{
    if (l->whole) {
        add_object(l->merged, argv);
    }
    for (size_t i = 0; i < l->count; i++) {
        const struct item *item = &l->item[i];

        switch (item->kind) {
        case ITEM_FILE:
            if (item->code != NULL) {
                add_object(item->code, argv);
            }
            break;
        case ITEM_LIBRARY:
            if (!l->whole) {
                add_object(part(l->d, format("lib/%s.a", item->text)), argv);
            }
            break;
        case ITEM_PLUGIN:
            add(argv, "--plugin");
            add(argv, format("%s=%s", plugin_name(item->text), item->text));
            break;
        case ITEM_OPTION:
            add_align_option(item->text, argv);
            break;
        }
    }
}

static int align(struct link *l)
{
    const struct options *o = &l->d->options;
    struct strings argv = {0};

    add(&argv, need_part(l->d, "popcorn-align"));
    add(&argv, "--lib");
    add(&argv, format("%s/lib/popcorn", l->d->root));
    add(&argv, "-o");
    add(&argv, o->shared ? l->bundle : o->output != NULL ? o->output : "a.out");
    if (o->save_temps != NULL) {
        add(&argv, "--keep");
        add(&argv, temp_path(l->d, "link"));
    }
    if (o->relocatable || o->shared) {
        add(&argv, "-r");
    }
    if (o->shared) {
        add(&argv, "--library");
        add(&argv, o->soname != NULL   ? o->soname
                   : o->output != NULL ? base_name(o->output)
                                       : "a.out");
        extend(&argv, &o->library);
    }
    if (o->export_dynamic && o->plugins.count != 0) {
        add(&argv, "--export-dynamic");
    }
    add_align_items(l, &argv);
    if (!o->no_libc && !o->relocatable && !o->shared) {
        add_object(need_part(l->d, l->whole ? "lto/strings.a" : "lib/libc.a"),
                   &argv);
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
    add_all(&argv,
            (const char *const[]){"-fsyntax-only", "-Wno-everything", "-x",
                                  o->cxx ? "c++" : "c", "/dev/null", NULL});
    return run(l->d, &argv);
}

static bool is_bitcode(const uint8_t *bytes, uint64_t size_bytes)
{
    return size_bytes > 2 && memcmp(bytes, "BC", 2) == 0;
}

/* What is wrong with a file is said by those who link it. */
static bool holds_bitcode(const char *path)
{
    struct popcorn_error ignored = {0};
    struct archive archive;
    const uint8_t *bytes;
    uint64_t size_bytes;
    bool found;

    if (elf_map_file(path, &bytes, &size_bytes, &ignored) != 0) {
        return false;
    }
    found = is_bitcode(bytes, size_bytes);
    if (!found && archive_is_one(bytes, size_bytes) &&
        archive_open(&archive, path, bytes, size_bytes, &ignored) == 0) {
        struct archive_member member = {.next = archive.first};
        while (!found && archive_has_more(&archive, member.next) &&
               archive_open_member(&archive, member.next, &member, &ignored) ==
                   0) {
            found = is_bitcode(member.bytes, member.size_bytes);
            archive_close_member(&member);
        }
    }
    munmap((void *)bytes, size_bytes);
    return found;
}

/* One object that is bitcode makes the link a compilation. */
static int choose_kind(struct link *l)
{
    l->whole = l->d->options.lto;
    for (size_t i = 0; i < l->count && !l->whole; i++) {
        l->whole =
            l->item[i].kind == ITEM_FILE && holds_bitcode(l->item[i].text);
    }
    if (l->whole && (l->d->options.relocatable || l->d->options.shared)) {
        fail("%s: objects made with -flto cannot be merged into one; make an "
             "archive instead: popcorn-ar rcs libNAME.a FILE.o...",
             l->d->options.shared ? "-shared" : "-r");
    }
    if (l->whole && l->d->options.plugins.count != 0) {
        fail("-popcorn-dlopen: not with -flto, which has one set of names for "
             "the whole program; compile and link without it");
    }
    return 0;
}

static int bundle(struct link *l)
{
    const char *output = l->d->options.output;

    l->bundle =
        temp_path(l->d, format("%s.o", stem(output != NULL ? output : "a")));
    return align(l);
}

static int finish_stand_in(struct link *l)
{
    return write_stand_in(l->d, l->bundle, &l->needs);
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
        check_unknown, compile_sources, add_cxx_library,
        add_plugins,   choose_kind,     NULL};
    static int (*const whole[])(struct link *) = {
        open_stand_ins, check_inputs, merge, check_merged,
        generate,       align,        NULL};
    static int (*const separate[])(struct link *) = {align, NULL};
    static int (*const shared[])(struct link *) = {bundle, finish_stand_in,
                                                   NULL};
    struct link l = {.d = d};
    int status;

    if (d->options.emit_llvm) {
        fail("-emit-llvm needs -c or -S: a program is machine code");
    }
    status = run_steps(&l, first);
    if (status == 0) {
        status = run_steps(&l, l.whole             ? whole
                               : d->options.shared ? shared
                                                   : separate);
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
