/* From one source, C or C++, to one object: clang with the neutral flags and the neutral
 * plugin (cmake/neutral.cmake, compiler/llvm-passes/neutral) makes a neutral
 * module.  With -flto that is the object; else popcorn-codegen makes a multi-ISA
 * object of it (generate.c).
 *
 * Without a link, one clang does what the user asked for, with its own rules
 * about -o, -M options and standard input.  For a link each source is compiled
 * by itself into the temporary directory, and what clang would derive from -o
 * is derived here.
 */
#include "config.h"
#include "driver.h"

#include <string.h>

static const char *const flags_first[] = NEUTRAL_FLAGS_FIRST;
static const char *const flags_last[] = NEUTRAL_FLAGS_LAST;

/* What clang is to make is a neutral module that is the user's object. */
static bool is_bitcode_wanted(const struct options *o)
{
    return o->lto || o->emit_llvm || o->mode == MODE_ASSEMBLY;
}

/* Preprocessing and the like need no plugin, and clang would warn of it. */
static bool is_code_wanted(const struct options *o)
{
    return o->mode != MODE_PREPROCESS && o->mode != MODE_SYNTAX &&
           o->mode != MODE_PRECOMPILE;
}

static struct strings compiler_command(const struct driver *d)
{
    const struct options *o = &d->options;
    struct strings argv = {0};

    add(&argv, CLANG_PATH);
    /* IR as input uses few of these: no warnings about our own options. */
    add(&argv, "--start-no-unused-arguments");
    if (o->cxx) {
        add(&argv, "--driver-mode=g++");
    }
    add_all(&argv, flags_first);
    add(&argv, "--end-no-unused-arguments");
    extend(&argv, &o->compile);
    add(&argv, "--start-no-unused-arguments");
    add_all(&argv, flags_last);
    /* To clang a function of that name returns twice, which is refused. Ours does
     * not: <ucontext.h> makes setjmp of it. */
    add(&argv, "-fno-builtin-getcontext");
    add_include_folders(d, "include-refused", &argv);
    if (is_code_wanted(o)) {
        add(&argv, is_bitcode_wanted(o) ? "-flto" : "-emit-llvm");
        add(&argv,
            format("-fpass-plugin=%s", need_part(d, "libpopcorn-neutral.so")));
    }
    add(&argv, "--end-no-unused-arguments");
    return argv;
}

/* Without what only code generation has. */
static struct strings preprocessor_command(const struct driver *d)
{
    struct driver other = *d;

    other.options.mode = MODE_PREPROCESS;
    return compiler_command(&other);
}

/* Runs clang; says what its own errors leave open. Its exit status. */
static int compile(struct driver *d, const struct strings *argv)
{
    int status = run(d, argv);

    if (status == 1) {
        explain_errors(d, argv);
    }
    return status;
}

static void add_source(struct strings *argv, const struct input *in)
{
    add(argv, "-x");
    add(argv, in->language != NULL ? in->language : "none");
    add(argv, in->text);
}

static bool has_option(const struct strings *list, const char *prefix)
{
    for (size_t i = 0; i < list->count; i++) {
        if (starts_with(list->item[i], prefix)) {
            return true;
        }
    }
    return false;
}

static const char *mode_flag(enum mode mode)
{
    switch (mode) {
    case MODE_COMPILE:
        return "-c";
    case MODE_ASSEMBLY:
        return "-S";
    case MODE_PREPROCESS:
        return "-E";
    case MODE_SYNTAX:
        return "-fsyntax-only";
    case MODE_PRECOMPILE:
        return "--precompile";
    case MODE_LINK:
        break;
    }
    return "-c";
}

/* -flto takes clang's own names for -emit-llvm away: FILE.ll and FILE.bc. */
static int emit_llvm(struct driver *d, const struct strings *command)
{
    const struct options *o = &d->options;
    const char *suffix = o->mode == MODE_ASSEMBLY ? "ll" : "bc";
    int status = 0;

    for (size_t i = 0; i < o->input_count && status == 0; i++) {
        struct strings argv = {0};
        if (o->input[i].kind != INPUT_SOURCE) {
            continue;
        }
        extend(&argv, command);
        add_source(&argv, &o->input[i]);
        add(&argv, "-o");
        add(&argv, format("%s.%s", stem(o->input[i].text), suffix));
        status = compile(d, &argv);
    }
    return status;
}

static size_t count_sources(const struct options *o)
{
    size_t count = 0;

    for (size_t i = 0; i < o->input_count; i++) {
        count += o->input[i].kind == INPUT_SOURCE;
    }
    return count;
}

static char *without_suffix(const char *path)
{
    const char *dot = strrchr(path, '.');
    const char *slash = strrchr(path, '/');
    bool suffix = dot != NULL && (slash == NULL || dot > slash + 1);

    return format("%.*s", suffix ? (int)(dot - path) : (int)strlen(path), path);
}

/* clang would name the dependency file and its target after the bitcode, or
 * after a temporary object: name them after `output`, the user's own file. */
static void add_dependency_names(const struct options *o, const char *output,
                                 const char *target, struct strings *argv)
{
    bool by_preprocessor = has_option(&o->compile, "-Wp,-MD") ||
                           has_option(&o->compile, "-Wp,-MMD");

    if (!o->deps && !by_preprocessor) {
        return;
    }
    if (o->deps && !o->deps_file) {
        add(argv, "-MF");
        add(argv, format("%s.d", without_suffix(output)));
    }
    if (!o->deps_target) {
        add(argv, "-MQ");
        add(argv, target);
    }
}

/* One source by way of a neutral module in the temporary directory. */
static int compile_object(struct driver *d, const struct input *source,
                          size_t number, const char *object,
                          const char *deps_output, const char *deps_target)
{
    struct strings argv = compiler_command(d);
    struct input wrapped;
    bool direct = is_bitcode_wanted(&d->options);
    const char *module =
        direct ? object
               : temp_path(d, format("%zu-%s.bc", number, stem(source->text)));
    int status;

    add(&argv, "-c");
    if (d->options.verbose) {
        add(&argv, "-v");
    }
    add_dependency_names(&d->options, deps_output, deps_target, &argv);
    if (d->options.module_output) {
        add(&argv, format("-fmodule-output=%s.pcm", without_suffix(object)));
    }
    add(&argv, "-o");
    add(&argv, module);
    if (is_assembly(source->text, source->language)) {
        struct strings preprocess = preprocessor_command(d);
        wrapped = wrap_assembly(d, source, &preprocess);
        source = &wrapped;
    }
    add_source(&argv, source);
    status = compile(d, &argv);
    return status != 0 || direct ? status
                                 : generate_object(d, module, object, false);
}

static bool has_assembly(const struct options *o)
{
    bool found = false;

    for (size_t i = 0; i < o->input_count; i++) {
        found |= o->input[i].kind == INPUT_SOURCE &&
                 is_assembly(o->input[i].text, o->input[i].language);
    }
    return found;
}

/* A header: clang's own file, in its own place if no other is named. */
static int precompile_header(struct driver *d, const struct input *in)
{
    struct driver other = *d;
    struct strings argv;

    other.options.mode = MODE_PRECOMPILE;
    argv = compiler_command(&other);
    add(&argv, "-c");
    add_source(&argv, in);
    if (d->options.output != NULL) {
        add(&argv, "-o");
        add(&argv, d->options.output);
    }
    return compile(d, &argv);
}

int precompile_headers(struct driver *d)
{
    const struct options *o = &d->options;
    int status = 0;

    for (size_t i = 0; i < o->input_count && status == 0; i++) {
        if (is_header(&o->input[i])) {
            status = precompile_header(d, &o->input[i]);
        }
    }
    return status;
}

/* -c: each source by itself. */
static int compile_objects(struct driver *d)
{
    const struct options *o = &d->options;
    int status = 0;

    for (size_t i = 0; i < o->input_count && status == 0; i++) {
        const struct input *in = &o->input[i];
        if (is_header(in)) {
            status = precompile_header(d, in);
        } else if (in->kind == INPUT_SOURCE) {
            const char *object =
                o->output != NULL ? o->output : format("%s.o", stem(in->text));
            status = compile_object(d, in, i, object, object, object);
        }
    }
    return status;
}

int run_compiler(struct driver *d)
{
    const struct options *o = &d->options;
    struct strings argv = compiler_command(d);
    size_t sources = count_sources(o);

    add(&argv, mode_flag(o->mode));
    if (o->verbose) {
        add(&argv, "-v");
    }
    for (size_t i = 0; i < o->input_count; i++) {
        if (o->input[i].kind == INPUT_OBJECT) {
            warn("%s not used: nothing is linked with %s", o->input[i].text,
                 o->mode_option);
        }
    }
    if (sources == 0) {
        fail("no input files");
    }
    if (o->output != NULL && sources > 1) {
        fail("-o names one file, but %zu sources are given with %s", sources,
             o->mode_option);
    }
    if (o->mode == MODE_COMPILE && (!is_bitcode_wanted(o) || has_assembly(o))) {
        return compile_objects(d);
    }
    if (o->emit_llvm && o->output == NULL) {
        return emit_llvm(d, &argv);
    }
    for (size_t i = 0; i < o->input_count; i++) {
        if (o->input[i].kind == INPUT_SOURCE) {
            add_source(&argv, &o->input[i]);
        }
    }
    if (o->output != NULL) {
        add(&argv, "-o");
        add(&argv, o->output);
    }
    return compile(d, &argv);
}

int compile_for_link(struct driver *d, const struct input *source,
                     size_t number, char **object)
{
    const struct options *o = &d->options;
    const char *name = stem(source->text);

    *object = temp_path(d, format("%zu-%s.o", number, name));
    if (o->native) {
        return compile_native(d, source->text, source->language, *object);
    }
    /* What clang would derive from -o, of a program of one source. */
    return compile_object(d, source, number, *object,
                          o->output != NULL && count_sources(o) == 1 ? o->output
                                                                     : name,
                          format("%s.o", name));
}
