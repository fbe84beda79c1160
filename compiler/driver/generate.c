/* popcorn-codegen: from neutral modules to machine code for each ISA. */
#include "driver.h"
#include "isa/isa.h"

#include <string.h>

/* "0".."3" for an -O option of the compiler. */
const char *optimisation_level(const struct options *o)
{
    const char *level = o->optimise != NULL ? o->optimise + 2 : "2";

    switch (level[0]) {
    case '0':
        return "0";
    case '\0':
    case '1':
    case 'g':
        return "1";
    case '3':
    case '4':
    case 'f':
        return "3";
    default:
        return "2"; /* 2, s, z */
    }
}

static void add_codegen_options(const struct driver *d, struct strings *argv)
{
    const struct options *o = &d->options;

    add(argv, format("-O%s", optimisation_level(o)));
    if (o->debug) {
        add(argv, "-g");
    }
    if (o->dense_points) {
        add(argv, "--dense-points");
    }
    if (o->short_strips) {
        add(argv, "--short-strips");
    }
    if (o->stats != NULL) {
        add(argv,
            o->stats[0] == '\0' ? "--stats" : format("--stats=%s", o->stats));
    }
    extend(argv, &o->codegen);
}

int generate_object(struct driver *d, const char *bitcode, const char *object,
                    bool whole)
{
    struct strings argv = {0};

    add(&argv, need_part(d, "popcorn-codegen"));
    add_codegen_options(d, &argv);
    add(&argv, "--non-migrating");
    add(&argv, need_part(d, "non-migrating.list"));
    for (size_t i = 0; popcorn_isas[i] != NULL; i++) {
        const char *name = popcorn_isas[i]->name;
        char *file = format("%s-%s.o", stem(bitcode), name);
        add(&argv, "--isa");
        add(&argv, format("%s=%s", name, temp_path(d, file)));
    }
    if (whole) {
        add(&argv, "--whole");
    }
    add(&argv, "--object");
    add(&argv, strcmp(object, "-") == 0 ? "/dev/stdout" : object);
    add(&argv, bitcode);
    return run(d, &argv);
}
