/* What a file is, by -x or by its name. */
#include "driver.h"

#include <string.h>

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcmp(name, *list) == 0) {
            return true;
        }
    }
    return false;
}

/* What follows the last dot of the file's name; NULL: there is none. */
static const char *suffix_of(const char *path)
{
    const char *dot = strrchr(base_name(path), '.');

    return dot != NULL ? dot + 1 : NULL;
}

void check_language(const char *language)
{
    static const char *const known[] = {
        "c",
        "c-header",
        "cpp-output",
        "ir",
        "c++",
        "c++-header",
        "c++-system-header",
        "c++-user-header",
        "c++-cpp-output",
        "c++-module",
        "c++-module-cpp-output",
        "pcm",
        NULL,
    };

    if (!starts_with(language, "assembler") && !is_one_of(language, known)) {
        fail("-x %s: popcorn-clang compiles C and C++ only", language);
    }
}

bool is_assembly(const char *path, const char *language)
{
    static const char *const suffixes[] = {"s", "S", "sx", "asm", NULL};
    const char *suffix = suffix_of(path);

    return language != NULL ? starts_with(language, "assembler")
                            : suffix != NULL && is_one_of(suffix, suffixes);
}

bool is_header(const struct input *in)
{
    static const char *const suffixes[] = {"h",   "H",   "hh", "hp",
                                           "hpp", "hxx", NULL};
    const char *suffix = suffix_of(in->text);

    if (in->kind != INPUT_SOURCE) {
        return false;
    }
    return in->language != NULL ? strstr(in->language, "-header") != NULL
                                : suffix != NULL && is_one_of(suffix, suffixes);
}

enum input_kind classify_input(const char *path, const char *language)
{
    static const char *const sources[] = {
        "c",   "i",   "h",   "ll",  "cc",   "cp",   "cxx",  "cpp",
        "C",   "c++", "CPP", "ii",  "H",    "hh",   "hp",   "hpp",
        "hxx", "iim", "pcm", "ccm", "cppm", "cxxm", "c++m", NULL,
    };
    static const char *const other[] = {"m",   "mm",  "f",  "F",
                                        "f90", "F90", "cu", NULL};
    const char *suffix = suffix_of(path);

    if (language != NULL) {
        return INPUT_SOURCE;
    }
    if (suffix == NULL) {
        return INPUT_OBJECT;
    }
    if (is_one_of(suffix, other)) {
        fail("%s: popcorn-clang compiles C and C++ only; other languages are "
             "not supported",
             path);
    }
    return is_assembly(path, language) || is_one_of(suffix, sources)
               ? INPUT_SOURCE
               : INPUT_OBJECT;
}
