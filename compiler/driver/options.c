/* Reads the command line.
 *
 * options.def has one row for each option that needs treatment; the rest goes
 * to clang untouched, which also reports what it does not know (a link without
 * a source asks it explicitly).  -Wl, options have a table of their own and an
 * unknown one is refused, because the linker runs three times per link and
 * what an option would mean there is not obvious.
 */
#include "driver.h"

#include <stdlib.h>
#include <string.h>

enum form { EXACT, PREFIX, ARG, BOTH };

enum action {
    COMPILE_ONLY,
    ASSEMBLY,
    PREPROCESS,
    PREPROCESS_DEPS,
    SYNTAX,
    PRECOMPILE,
    NATIVE,
    SAVE_TEMPS,
    DLOPEN,
    RDYNAMIC,
    DENSE_POINTS,
    SHORT_STRIPS,
    CODEGEN,
    STATS,
    STATS_FILE,
    REFUSE,
    DRY_RUN,
    VERBOSE,
    OUTPUT,
    LANGUAGE,
    DEPS,
    DEPS_FILE,
    DEPS_TARGET,
    PASS,
    WARN_IGNORE,
    IGNORE,
    NO_INCLUDES,
    NO_CXX_INCLUDES,
    WL,
    XLINKER,
    SEARCH,
    LIBRARY,
    UNDEFINED,
    NO_STDLIB,
    NO_LIBC,
    NO_CXX_LIBRARY,
    EXPERIMENTAL_LIBRARY,
    MODULE_OUTPUT,
    OPTIMISE,
    DEBUG,
    NO_DEBUG,
    EMIT_LLVM,
    LTO,
    NO_LTO,
    RELOCATABLE,
    SHARED,
    STATIC_LINK,
};

struct option {
    const char *spelling;
    enum form form;
    enum action action;
    const char *text;
};

static const struct option option_table[] = {
#define OPT(spelling, form, action, text) {spelling, form, action, text},
#include "options.def"
#undef OPT
};

enum link_action {
    TAKE,
    SKIP,
    SKIP_MAP,
    QUERY,
    RELOCATABLE_LINK,
    SHARED_LINK,
    SONAME,
    VERSION_SCRIPT,
    EXCLUDE_LIBS,
    EXPORT,
};

struct link_option {
    const char *spelling;
    enum form form;
    enum link_action action;
};

static const struct link_option link_table[] = {
#define LINK(spelling, form, action) {spelling, form, action},
#include "linker_options.def"
#undef LINK
};

/* The command line being read. */
struct reader {
    struct driver *d;
    struct strings args;
    size_t next;
    const char *language;
    /* Arguments of -Wl, and -Xlinker wait here for the value of the last. */
    const struct link_option *link_pending;
    const char *link_spelled;
};

static bool matches(const char *arg, const char *spelling, enum form form)
{
    if (form == PREFIX || form == BOTH) {
        return starts_with(arg, spelling);
    }
    return strcmp(arg, spelling) == 0;
}

static const struct option *find_option(const char *arg)
{
    size_t count = sizeof(option_table) / sizeof(option_table[0]);

    for (size_t i = 0; i < count; i++) {
        if (matches(arg, option_table[i].spelling, option_table[i].form)) {
            return &option_table[i];
        }
    }
    return NULL;
}

static void add_input(struct options *o, enum input_kind kind, const char *text,
                      const char *language)
{
    if (o->input_count == o->input_capacity) {
        o->input_capacity = o->input_capacity ? o->input_capacity * 2 : 32;
        o->input = realloc(o->input, o->input_capacity * sizeof(*o->input));
        if (o->input == NULL) {
            fail("out of memory");
        }
    }
    o->input[o->input_count++] =
        (struct input){.kind = kind, .text = text, .language = language};
}

/* The value of an option that takes one: attached, or the next argument. */
static const char *take_value(struct reader *r, const struct option *option,
                              const char *arg)
{
    size_t length = strlen(option->spelling);

    if (option->form == EXACT) {
        return NULL;
    }
    if (option->form == PREFIX ||
        (option->form == BOTH && arg[length] != '\0')) {
        return arg + length;
    }
    if (r->next == r->args.count) {
        fail("%s needs a value after it", arg);
    }
    return r->args.item[r->next++];
}

static void pass(struct reader *r, const struct option *option, const char *arg,
                 const char *value)
{
    struct options *o = &r->d->options;

    add(&o->compile, arg);
    /* Separate: the value was an argument of its own. */
    if (option->form == ARG ||
        (option->form == BOTH && strcmp(arg, option->spelling) == 0)) {
        add(&o->compile, value);
    }
}

static void set_mode(struct options *o, enum mode mode, const char *arg)
{
    /* -E wins over -S over -c, as in clang. */
    if (o->mode == MODE_LINK || mode == MODE_PREPROCESS ||
        (o->mode == MODE_COMPILE && mode != MODE_COMPILE)) {
        o->mode = mode;
        o->mode_option = arg;
    }
}

/* What a shared object is called and hides. */
static void take_library_option(struct options *o, enum link_action action,
                                const char *value)
{
    char *save = NULL;

    if (action == SONAME) {
        o->soname = value;
    } else if (action == VERSION_SCRIPT) {
        add(&o->library, "--version-script");
        add(&o->library, value);
    } else if (action == EXCLUDE_LIBS) {
        for (char *name = strtok_r(format("%s", value), ":,", &save);
             name != NULL; name = strtok_r(NULL, ":,", &save)) {
            add(&o->library, "--exclude-libs");
            add(&o->library, name);
        }
    }
}

static void take_linker_argument(struct reader *r, const char *arg)
{
    struct options *o = &r->d->options;
    size_t count = sizeof(link_table) / sizeof(link_table[0]);

    if (r->link_pending != NULL) {
        if (r->link_pending->action == TAKE) {
            add_input(o, INPUT_LINKER, r->link_spelled, NULL);
            add_input(o, INPUT_LINKER, arg, NULL);
        }
        take_library_option(o, r->link_pending->action, arg);
        r->link_pending = NULL;
        return;
    }
    if (arg[0] != '-') { /* -Wl,file.o */
        add_input(o, INPUT_OBJECT, arg, NULL);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct link_option *row = &link_table[i];
        if (!matches(arg, row->spelling, row->form)) {
            continue;
        }
        if (row->action == SKIP_MAP) {
            warn("-Wl,%s ignored: -popcorn-save-temps=DIR keeps what the "
                 "aligner made",
                 arg);
        }
        if (row->action == QUERY) {
            add(&o->linker_query, arg);
        }
        if (row->action == RELOCATABLE_LINK) {
            o->relocatable = true;
        }
        if (row->action == SHARED_LINK) {
            o->shared = true;
        }
        if (row->action == EXPORT) {
            o->export_dynamic = true;
        }
        if (row->form == ARG) {
            r->link_pending = row;
            r->link_spelled = arg;
        } else if (row->action == TAKE) {
            add_input(o, INPUT_LINKER, arg, NULL);
        } else if (row->form == PREFIX) {
            take_library_option(o, row->action, arg + strlen(row->spelling));
        }
        return;
    }
    fail("-Wl,%s is not supported: the layout of a program is the same in "
         "every image and made by the aligner; leave the option out",
         arg);
}

static void take_wl(struct reader *r, const char *list)
{
    char *copy = format("%s", list), *save = NULL;

    for (char *word = strtok_r(copy, ",", &save); word != NULL;
         word = strtok_r(NULL, ",", &save)) {
        take_linker_argument(r, word);
    }
}

static void set_language(struct reader *r, const char *value)
{
    if (strcmp(value, "none") == 0) {
        r->language = NULL;
        return;
    }
    check_language(value);
    r->language = value;
}

static void act(struct reader *r, const struct option *option, const char *arg)
{
    struct options *o = &r->d->options;
    const char *value =
        option->action == REFUSE ? NULL : take_value(r, option, arg);

    switch (option->action) {
    case COMPILE_ONLY:
        set_mode(o, MODE_COMPILE, arg);
        break;
    case ASSEMBLY:
        set_mode(o, MODE_ASSEMBLY, arg);
        break;
    case SYNTAX:
        set_mode(o, MODE_SYNTAX, arg);
        break;
    case PRECOMPILE:
        set_mode(o, MODE_PRECOMPILE, arg);
        break;
    case PREPROCESS:
        set_mode(o, MODE_PREPROCESS, arg);
        break;
    case PREPROCESS_DEPS:
        set_mode(o, MODE_PREPROCESS, arg);
        pass(r, option, arg, value);
        break;
    case EMIT_LLVM:
        o->emit_llvm = true;
        pass(r, option, arg, value);
        break;
    case RELOCATABLE:
        o->relocatable = true;
        break;
    case SHARED:
        o->shared = true;
        break;
    case STATIC_LINK:
        o->archives_only = true;
        break;
    case LTO:
        o->lto = true;
        break;
    case NO_LTO:
        o->lto = false;
        break;
    case NATIVE:
        o->native = true;
        break;
    case RDYNAMIC:
        o->export_dynamic = true;
        break;
    case DLOPEN:
        add(&o->plugins, value);
        break;
    case SAVE_TEMPS:
        o->save_temps = value;
        break;
    case DENSE_POINTS:
        o->dense_points = true;
        break;
    case SHORT_STRIPS:
        o->short_strips = true;
        break;
    case CODEGEN:
        add(&o->codegen, value);
        break;
    case STATS:
        o->stats = "";
        break;
    case STATS_FILE:
        o->stats = value;
        break;
    case REFUSE:
        fail("%s: %s", arg, option->text);
    case DRY_RUN:
        o->dry_run = true;
        break;
    case VERBOSE:
        o->verbose = true;
        break;
    case OUTPUT:
        o->output = value;
        break;
    case LANGUAGE:
        set_language(r, value);
        break;
    case DEPS:
        o->deps = true;
        pass(r, option, arg, value);
        break;
    case DEPS_FILE:
        o->deps_file = true;
        pass(r, option, arg, value);
        break;
    case DEPS_TARGET:
        o->deps_target = true;
        pass(r, option, arg, value);
        break;
    case PASS:
        pass(r, option, arg, value);
        break;
    case WARN_IGNORE:
        warn("%s ignored: %s", arg, option->text);
        break;
    case IGNORE:
        break;
    case NO_INCLUDES:
        o->no_includes = true;
        break;
    case NO_CXX_INCLUDES:
        o->no_cxx_includes = true;
        break;
    case WL:
        take_wl(r, value);
        break;
    case XLINKER:
        take_linker_argument(r, value);
        break;
    case SEARCH:
        add(&o->search, value);
        break;
    case LIBRARY:
        add_input(o, INPUT_LIBRARY, value, NULL);
        break;
    case UNDEFINED:
        add_input(o, INPUT_LINKER, "-u", NULL);
        add_input(o, INPUT_LINKER, value, NULL);
        break;
    case NO_STDLIB:
        o->no_cxx_library = true;
        o->no_libc = true;
        break;
    case NO_LIBC:
        o->no_libc = true;
        break;
    case NO_CXX_LIBRARY:
        o->no_cxx_library = true;
        break;
    case EXPERIMENTAL_LIBRARY:
        o->experimental_library = true;
        pass(r, option, arg, value);
        break;
    case MODULE_OUTPUT:
        o->module_output = true;
        break;
    case OPTIMISE:
        o->optimise = arg;
        pass(r, option, arg, value);
        break;
    case DEBUG:
        o->debug = true;
        pass(r, option, arg, value);
        break;
    case NO_DEBUG:
        o->debug = false;
        pass(r, option, arg, value);
        break;
    }
}

static void take_input(struct reader *r, const char *path)
{
    struct options *o = &r->d->options;

    /* -E or -popcorn-native may come after: the kind is looked at later. */
    add_input(o, INPUT_OBJECT, path, r->language);
}

/* Kinds of files, once every option has been seen. */
static void classify_inputs(struct options *o)
{
    for (size_t i = 0; i < o->input_count; i++) {
        struct input *in = &o->input[i];
        if (in->kind != INPUT_OBJECT) {
            continue;
        }
        if (strcmp(in->text, "-") == 0) {
            if (in->language == NULL && o->mode != MODE_PREPROCESS) {
                fail("standard input needs -E, or -x c before it");
            }
            in->kind = INPUT_SOURCE;
            continue;
        }
        if (!exists(in->text)) {
            fail("%s: no such file", in->text);
        }
        in->kind = classify_input(in->text, in->language);
    }
}

static void read_arguments(struct reader *r)
{
    while (r->next < r->args.count) {
        const char *arg = r->args.item[r->next++];
        const struct option *option;

        if (arg[0] != '-' || arg[1] == '\0') {
            take_input(r, arg);
            continue;
        }
        if (answer_query(r->d, arg)) {
            exit(0);
        }
        option = find_option(arg);
        if (option != NULL) {
            act(r, option, arg);
        } else {
            add(&r->d->options.compile, arg);
            add(&r->d->options.unknown, arg);
        }
    }
    if (r->link_pending != NULL) {
        fail("-Wl,%s needs a value after it", r->link_spelled);
    }
}

/* Options for every command of a build, in front of its own. */
static void add_environment(struct strings *args)
{
    const char *text = getenv("POPCORN_CLANG_OPTIONS");
    char *save, *words;

    if (text == NULL) {
        return;
    }
    words = format("%s", text);
    for (char *word = strtok_r(words, " ", &save); word != NULL;
         word = strtok_r(NULL, " ", &save)) {
        add(args, word);
    }
}

/* popcorn-clang++, as clang++ is. */
static bool is_cxx_name(const char *name)
{
    size_t length = strlen(name);

    return length >= 2 && strcmp(name + length - 2, "++") == 0;
}

void parse_options(struct driver *d, int argc, char **argv)
{
    struct reader r = {.d = d};
    struct options *o = &d->options;

    o->cxx = is_cxx_name(argv[0]);
    add_environment(&r.args);
    for (int i = 1; i < argc; i++) {
        add(&r.args, argv[i]);
    }
    expand_response_files(&r.args);
    read_arguments(&r);
    classify_inputs(o);
    if (o->output != NULL && o->output[0] == '\0') {
        fail("-o needs the name of a file");
    }
}
