/* popcorn-align: command line, and the folder of intermediate files. */

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "isa/isa.h"
#include "linker/aligner/aligner.h"

static const char usage[] =
    "usage: popcorn-align --lib DIR -o OUT --object FILE... [option...]\n"
    "       popcorn-align --lib DIR -o OUT --isa ISA=OBJECT... [option...]\n"
    "\n"
    "Links multi-ISA objects and archives of them, or one object per ISA, all "
    "from\n"
    "one popcorn-codegen run, to images with equal addresses and packs them in "
    "one\n"
    "multi-ISA binary.\n"
    "\n"
    "  --lib DIR           Popcorn's lib/popcorn\n"
    "  -o OUT              the multi-ISA binary to write\n"
    "  --object FILE       a multi-ISA object, or an archive of them\n"
    "  -r                  make one object of them, which a link takes as all\n"
    "  --library NAME      -r: it stands for the shared object NAME, which "
    "hides\n"
    "                      what --version-script FILE, --exclude-libs ARCHIVE\n"
    "                      (or ALL) and visibility say\n"
    "  --plugin NAME=FILE  a stand-in of a shared object, all of it, whose "
    "names\n"
    "                      are its own, each called with .NAME behind it\n"
    "  --export-dynamic    warn of names that a plugin and the program define\n"
    "  --isa ISA=OBJECT    the object for one ISA; give one for each\n"
    "  --native ISA=FILE   one more object or archive of native code\n"
    "  --host ISA          the ISA that OUT itself runs on (default: this\n"
    "                      machine's)\n"
    "  --keep DIR          leave intermediate files in DIR\n"
    "  --Map FILE          write link maps: FILE, and FILE.<isa> for each ISA\n"
    "  --stats             print sizes to standard error\n"
    "  -v, --verbose       print the commands that are run\n"
    "  --help, --version\n"
    "\n"
    "With --object also ld's: --whole-archive, --no-whole-archive,\n"
    "--start-group, --end-group, -u NAME or --undefined NAME, --trace,\n"
    "--trace-symbol NAME, --allow-multiple-definition.\n";

static int usage_error(const char *what, const char *argument)
{
    fprintf(stderr, "popcorn-align: error: %s%s%s. See popcorn-align --help\n",
            what, argument[0] != '\0' ? " " : "", argument);
    return 2;
}

static struct target *find_target(struct options *options, const char *isa)
{
    for (unsigned i = 0; i < options->target_count; i++) {
        if (strcmp(options->target[i].isa, isa) == 0) {
            return &options->target[i];
        }
    }
    return NULL;
}

static int add_isa(struct options *options, char *argument)
{
    char *equals = strchr(argument, '=');
    if (equals == NULL || equals == argument || equals[1] == '\0' ||
        equals - argument >= POPCORN_PACK_ISA_BYTES) {
        return usage_error("--isa needs ISA=OBJECT, not", argument);
    }
    *equals = '\0';
    if (find_target(options, argument) != NULL) {
        return usage_error("--isa is given twice for", argument);
    }
    if (options->target_count == ALIGN_MAX_ISAS) {
        return usage_error("too many ISAs", "");
    }
    options->target[options->target_count].isa = argument;
    options->target[options->target_count++].object_path = equals + 1;
    return 0;
}

/* --native may come before its --isa, so these are taken last. */
static int add_native(struct options *options, char *argument)
{
    char *equals = strchr(argument, '=');
    if (equals == NULL || equals[1] == '\0') {
        return usage_error("--native needs ISA=FILE, not", argument);
    }
    *equals = '\0';
    struct target *target = find_target(options, argument);
    if (target == NULL) {
        return usage_error("--native is for an ISA without --isa:", argument);
    }
    if (target->native_count == ALIGN_MAX_NATIVE) {
        return usage_error("too many --native files", "");
    }
    target->native[target->native_count++] = equals + 1;
    return 0;
}

/* Where an option with an argument stores it; NULL if it is none. */
static const char **string_option(struct options *options, const char *name)
{
    return strcmp(name, "--lib") == 0              ? &options->lib
           : strcmp(name, "-o") == 0               ? &options->output
           : strcmp(name, "--host") == 0           ? &options->host
           : strcmp(name, "--keep") == 0           ? &options->keep
           : strcmp(name, "--Map") == 0            ? &options->map
           : strcmp(name, "--library") == 0        ? &options->library
           : strcmp(name, "--version-script") == 0 ? &options->version_script
                                                   : NULL;
}

enum list_option {
    LIST_NONE,
    LIST_ISA,
    LIST_NATIVE,
    LIST_OBJECT,
    LIST_UNDEFINED,
    LIST_TRACE_SYMBOL,
    LIST_EXCLUDE_LIBS,
    LIST_PLUGIN,
    LIST_FAULT,
};

/* Options that may be given more than once. */
static enum list_option list_option(const char *name)
{
    static const struct {
        const char *name;
        enum list_option option;
    } known[] = {
        {"--isa", LIST_ISA},       {"--native", LIST_NATIVE},
        {"--object", LIST_OBJECT}, {"--undefined", LIST_UNDEFINED},
        {"-u", LIST_UNDEFINED},    {"--trace-symbol", LIST_TRACE_SYMBOL},
        {"-y", LIST_TRACE_SYMBOL}, {"--exclude-libs", LIST_EXCLUDE_LIBS},
        {"--plugin", LIST_PLUGIN}, {"--plant-fault", LIST_FAULT}};
    for (unsigned i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (strcmp(known[i].name, name) == 0) {
            return known[i].option;
        }
    }
    return LIST_NONE;
}

static int add_plugin(struct options *options, char *argument)
{
    char *equals = strchr(argument, '=');
    if (equals == NULL || equals == argument || equals[1] == '\0') {
        return usage_error("--plugin needs NAME=FILE, not", argument);
    }
    *equals = '\0';
    options->inputs[options->input_count++] =
        (struct input){equals + 1, true, argument};
    return 0;
}

static int plant_fault(struct options *options, const char *name)
{
    static const char *const names[] = {
        [FAULT_OVERLAPPING_SITES] = "overlapping-sites",
        [FAULT_WRONG_SITE_BASE] = "wrong-site-base",
        [FAULT_MISSED_REQUIRE] = "missed-require",
        [FAULT_SWAPPED_OBJECTS] = "swapped-objects",
    };
    for (unsigned i = 1; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(names[i], name) == 0) {
            options->fault = (enum planted_fault)i;
            return 0;
        }
    }
    return usage_error("no such fault:", name);
}

static int take_list_option(struct options *options, enum list_option option,
                            char *argument, bool whole_archive)
{
    switch (option) {
    case LIST_ISA:
        return add_isa(options, argument);
    case LIST_OBJECT:
        options->inputs[options->input_count++] =
            (struct input){argument, whole_archive, NULL};
        break;
    case LIST_UNDEFINED:
        options->undefined[options->undefined_count++] = argument;
        break;
    case LIST_TRACE_SYMBOL:
        options->trace_symbol[options->trace_symbol_count++] = argument;
        break;
    case LIST_PLUGIN:
        return add_plugin(options, argument);
    case LIST_EXCLUDE_LIBS:
        options->exclude_libs[options->exclude_libs_count++] = argument;
        break;
    case LIST_FAULT:
        return plant_fault(options, argument);
    case LIST_NATIVE: /* in the end */
    case LIST_NONE:
        break;
    }
    return 0;
}

/* An option without an argument; false if it is none. */
static bool take_flag(struct options *options, const char *name,
                      bool *whole_archive)
{
    static const char *const group[] = {"--start-group", "--end-group", "-(",
                                        "-)"};
    bool *flag = strcmp(name, "--stats") == 0     ? &options->stats
                 : strcmp(name, "-v") == 0        ? &options->verbose
                 : strcmp(name, "--verbose") == 0 ? &options->verbose
                 : strcmp(name, "-r") == 0        ? &options->relocatable
                 : strcmp(name, "--trace") == 0   ? &options->trace
                 : strcmp(name, "-t") == 0        ? &options->trace
                 : strcmp(name, "--export-dynamic") == 0
                     ? &options->export_dynamic
                 : strcmp(name, "--allow-multiple-definition") == 0
                     ? &options->allow_multiple
                     : NULL;
    if (flag != NULL) {
        *flag = true;
        return true;
    }
    const char *ld_name = name[0] == '-' && name[1] == '-' ? name + 1 : name;
    if (strcmp(ld_name, "-whole-archive") == 0 ||
        strcmp(ld_name, "-no-whole-archive") == 0) {
        *whole_archive = ld_name[1] == 'w';
        return true;
    }
    /* Archives are searched as often as it takes, wherever they stand. */
    for (unsigned i = 0; i < sizeof(group) / sizeof(*group); i++) {
        if (strcmp(group[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static int parse_all(struct options *options, int argc, char **argv)
{
    bool whole_archive = false;
    for (int i = 1; i < argc; i++) {
        const char **string = string_option(options, argv[i]);
        enum list_option list = list_option(argv[i]);
        if (take_flag(options, argv[i], &whole_archive)) {
            continue;
        }
        if (string == NULL && list == LIST_NONE) {
            return usage_error("unknown option", argv[i]);
        }
        if (i + 1 == argc) {
            return usage_error("missing argument of", argv[i]);
        }
        if (string != NULL) {
            *string = argv[++i];
            continue;
        }
        int result = take_list_option(options, list, argv[++i], whole_archive);
        if (result != 0) {
            return result;
        }
    }
    return 0;
}

static int parse_native(struct options *options, int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--native") == 0) {
            int result = add_native(options, argv[++i]);
            if (result != 0) {
                return result;
            }
        } else if (string_option(options, argv[i]) != NULL ||
                   list_option(argv[i]) != LIST_NONE) {
            i++;
        }
    }
    return 0;
}

static int parse(struct options *options, int argc, char **argv)
{
    size_t most = (size_t)argc;
    options->inputs = align_alloc(most, sizeof(*options->inputs));
    options->undefined = align_alloc(most, sizeof(*options->undefined));
    options->trace_symbol = align_alloc(most, sizeof(*options->trace_symbol));
    options->exclude_libs = align_alloc(most, sizeof(*options->exclude_libs));
    int result = parse_all(options, argc, argv);
    if (result == 0 && options->input_count != 0 &&
        options->target_count != 0) {
        return usage_error("--isa and --object exclude each other", "");
    }
    for (unsigned i = 0; options->input_count != 0 && popcorn_isas[i] != NULL;
         i++) {
        options->target[options->target_count++].isa = popcorn_isas[i]->name;
    }
    if (result == 0) {
        result = parse_native(options, argc, argv);
    }
    return result != 0                  ? result
           : options->lib == NULL       ? usage_error("--lib is missing", "")
           : options->output == NULL    ? usage_error("-o is missing", "")
           : options->target_count == 0 ? usage_error("--object is missing", "")
                                        : 0;
}

static char *temporary_folder; /* removed in the end */

static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        unlinkat(dirfd(folder), entry->d_name, 0);
    }
    if (folder != NULL) {
        closedir(folder);
    }
    rmdir(path);
}

/* The programs that run are waited for, and none is started after (link.c). */
static void on_signal(int signal_number)
{
    align_ended_by = signal_number;
}

static int make_work_folder(struct options *options)
{
    const char *base = getenv("TMPDIR");
    if (options->keep != NULL) {
        snprintf(options->work, sizeof(options->work), "%s", options->keep);
        if (mkdir(options->work, 0777) == 0 || errno == EEXIST) {
            return 0;
        }
    } else {
        snprintf(options->work, sizeof(options->work),
                 "%s/popcorn-align-XXXXXX",
                 base != NULL && *base != '\0' ? base : "/tmp");
        if (mkdtemp(options->work) != NULL) {
            temporary_folder = options->work;
            signal(SIGINT, on_signal);
            signal(SIGTERM, on_signal);
            signal(SIGHUP, on_signal);
            return 0;
        }
    }
    fprintf(stderr, "popcorn-align: error: %s: %s\n", options->work,
            strerror(errno));
    return 1;
}

int main(int argc, char **argv)
{
    static struct options options;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("popcorn-align " POPCORN_VERSION);
        return 0;
    }
    int result = parse(&options, argc, argv);
    if (result == 0) {
        result = make_work_folder(&options);
    }
    if (result == 0) {
        result = align_run(&options);
    }
    if (temporary_folder != NULL) {
        remove_folder(temporary_folder);
    }
    if (align_ended_by != 0) {
        signal(align_ended_by, SIG_DFL);
        raise(align_ended_by);
    }
    return result;
}
