/* -popcorn-native: one source, compiled once for each ISA.
 *
 * For what has to be assembly or wants one ISA's intrinsics.  The functions
 * are ordinary machine code: a thread cannot move while it is inside one.  The
 * result is a multi-ISA object, with -flto too.  The calling convention is that
 * of the ISA, so such a function has a fixed prototype and may call neutral
 * functions that have one; popcorn-align refuses the others.  A plugin
 * (neutral/native.cpp) sees to it that both sides pass values alike.
 */
#include "config.h"
#include "driver.h"
#include "isa/isa.h"

#include <string.h>

static void add_isa_flags(struct strings *argv, const struct isa *isa)
{
    char *save, *flags = format("%s", isa->native_flags);

    for (char *flag = strtok_r(flags, " ", &save); flag != NULL;
         flag = strtok_r(NULL, " ", &save)) {
        add(argv, flag);
    }
}

static int compile_one(struct driver *d, const struct isa *isa,
                       const char *source, const char *language,
                       const char *object)
{
    static const char *const flags[] = {"-ffp-contract=off",
                                        "-fno-pic",
                                        "-fno-pie",
                                        "-fno-stack-protector",
                                        "-fno-unwind-tables",
                                        "-fno-asynchronous-unwind-tables",
                                        "-ftls-model=local-exec",
                                        "-ffunction-sections",
                                        "-fdata-sections",
                                        "-D__popcorn__=1",
                                        "-D__popcorn_native__=1",
                                        NULL};
    struct strings argv = {0};

    add(&argv, CLANG_PATH);
    if (d->options.cxx) {
        add(&argv, "--driver-mode=g++");
    }
    add(&argv, format("--target=%s", isa->triple));
    add_all(&argv, (const char *const[]){"-fsigned-char", NULL});
    extend(&argv, &d->options.compile);
    add_all(&argv, flags);
    add_isa_flags(&argv, isa);
    add(&argv,
        format("-fpass-plugin=%s", need_part(d, "libpopcorn-native.so")));
    add_include_folders(d, NULL, &argv);
    add(&argv, "-c");
    add(&argv, "-o");
    add(&argv, object);
    add(&argv, "-x");
    add(&argv, language != NULL ? language : "none");
    add(&argv, source);
    return run(d, &argv);
}

static int join(struct driver *d, const struct strings *parts,
                const char *object)
{
    struct strings argv = {0};

    add(&argv, need_part(d, "popcorn-codegen"));
    add(&argv, "--native-parts");
    for (size_t i = 0; i < parts->count; i++) {
        add(&argv, "--isa");
        add(&argv, parts->item[i]);
    }
    add(&argv, "--object");
    add(&argv, object);
    return run(d, &argv);
}

int compile_native(struct driver *d, const char *source, const char *language,
                   const char *object)
{
    struct strings parts = {0};

    for (size_t i = 0; popcorn_isas[i] != NULL; i++) {
        const char *name = popcorn_isas[i]->name;
        char *elf = temp_path(d, format("native-%s-%s.o", stem(source), name));
        int status = compile_one(d, popcorn_isas[i], source, language, elf);
        if (status != 0) {
            return status;
        }
        add(&parts, format("%s=%s", name, elf));
    }
    return join(d, &parts, object);
}

int run_native_compiler(struct driver *d)
{
    const struct options *o = &d->options;
    size_t sources = 0;
    int status = 0;

    if (o->mode != MODE_COMPILE) {
        fail("-popcorn-native makes objects: use it with -c or for a link, "
             "not with %s",
             o->mode_option);
    }
    for (size_t i = 0; i < o->input_count; i++) {
        sources += o->input[i].kind == INPUT_SOURCE;
    }
    if (sources == 0) {
        fail("no input files");
    }
    if (o->output != NULL && sources > 1) {
        fail("-o names one file, but %zu sources are given with -c", sources);
    }
    for (size_t i = 0; i < o->input_count && status == 0; i++) {
        const struct input *in = &o->input[i];
        if (in->kind == INPUT_SOURCE) {
            status = compile_native(
                d, in->text, in->language,
                o->output != NULL ? o->output : format("%s.o", stem(in->text)));
        }
    }
    return status;
}
