/* popcorn-clang: what the parts of the driver share.
 *
 * The driver runs other programs and decides nothing about code itself:
 * options.c reads the command line into struct options, compile.c turns a
 * source into a neutral object, link.c turns objects into a multi-ISA binary.
 * docs/driver.md is the reference.
 *
 * Memory is never freed: the process is short-lived and every list is needed
 * until its end.
 */
#ifndef POPCORN_DRIVER_H
#define POPCORN_DRIVER_H

#include <stdbool.h>
#include <stddef.h>

/* A growing list of strings, always NULL-terminated: an argv. */
struct strings {
    char **item;
    size_t count, capacity;
};

enum mode {
    MODE_LINK,       /* no -c and so on: make a program */
    MODE_COMPILE,    /* -c */
    MODE_ASSEMBLY,   /* -S: LLVM IR as text */
    MODE_PREPROCESS, /* -E, -M, -MM */
    MODE_SYNTAX,     /* -fsyntax-only */
    MODE_PRECOMPILE, /* --precompile: a module's interface */
};

enum input_kind {
    INPUT_SOURCE,  /* C, C++ or LLVM IR */
    INPUT_OBJECT,  /* object or archive */
    INPUT_LIBRARY, /* -l<text> */
    INPUT_LINKER,  /* option for the linker, in its place */
};

struct input {
    enum input_kind kind;
    const char *text;
    const char *language; /* -x in force; NULL: by file name */
};

struct options {
    enum mode mode;
    const char *mode_option; /* as the user wrote it, for messages */
    const char *output;      /* -o; NULL: default */
    const char *optimise;    /* last -O option; NULL: none */
    const char *save_temps;  /* -popcorn-save-temps=DIR */
    const char *stats;       /* -popcorn-stats: "", =FILE: FILE; NULL: none */
    bool dense_points;       /* -popcorn-dense-points */
    bool short_strips;       /* -popcorn-short-strips */
    bool lto;                /* -flto: the whole program at the link */
    bool relocatable;        /* -r: one object of several */
    bool shared;             /* -shared: a stand-in of a shared object */
    const char *soname;      /* what it is called; NULL: as its file */
    struct strings library;  /* options for popcorn-align about it */
    struct strings plugins;  /* -popcorn-dlopen: stand-ins for dlopen to find */
    bool export_dynamic;     /* -rdynamic */
    bool archives_only;      /* -static: -l finds no stand-ins */
    bool debug, native, verbose, dry_run, no_libc;
    bool no_includes, emit_llvm;
    bool cxx; /* popcorn-clang++: what is C otherwise is C++, and its library */
    bool no_cxx_includes, no_cxx_library, experimental_library;
    bool module_output;                /* -fmodule-output: beside the object */
    bool deps, deps_file, deps_target; /* -MD or -MMD, -MF, -MT or -MQ */
    struct strings compile; /* options for clang, in order, without inputs */
    struct strings codegen; /* options for popcorn-codegen */
    struct strings search;  /* -L directories */
    struct strings unknown; /* passed on without being known here */
    struct strings linker_query; /* -Wl,--version and the like */
    struct input *input;
    size_t input_count, input_capacity;
};

struct driver {
    const char *root; /* directory that holds bin and lib/popcorn */
    struct options options;
    char *temp; /* directory of this run's temporary files; NULL: none yet */
};

/* options.c. Exits with a message on bad input. */
void parse_options(struct driver *d, int argc, char **argv);

/* languages.c. `language` is that of -x; NULL: by the file's name. */
void check_language(const char *language); /* exits if it is not known */
enum input_kind classify_input(const char *path, const char *language);
bool is_assembly(const char *path, const char *language);
/* One that is to be precompiled, by itself. */
bool is_header(const struct input *in);

/* includes.c: the folders of libc's headers, libc++'s and clang's. `first`: before
 * libc's; NULL: none. */
void add_include_folders(const struct driver *d, const char *first,
                         struct strings *argv);

/* response.c: replaces @FILE by the arguments in FILE. */
void expand_response_files(struct strings *args);

/* info.c: --help, --version, -print-*: true if `arg` was one and is answered. */
bool answer_query(const struct driver *d, const char *arg);
void print_version(const struct driver *d, bool to_stderr);

/* compile.c. Returns an exit status. */
int run_compiler(struct driver *d);
/* Compiles one input to an object; its path is stored in *object. */
int compile_for_link(struct driver *d, const struct input *source,
                     size_t number, char **object);

/* Headers: clang's files, which -include-pch takes. Returns an exit status. */
int precompile_headers(struct driver *d);

/* directives.c: a C source with the assembly of `in`, of which the compiler takes
 * what says something of symbols and refuses the rest. */
struct input wrap_assembly(struct driver *d, const struct input *in,
                           const struct strings *preprocess);

/* advice.c: after `command`, a clang, has failed: a note on standard error for
 * each kind of error that is about ISAs. */
void explain_errors(const struct driver *d, const struct strings *command);

/* native.c: one source for each ISA, in one object. */
int compile_native(struct driver *d, const char *source, const char *language,
                   const char *object);
int run_native_compiler(struct driver *d);

/* generate.c: popcorn-codegen. */
/* From one neutral module to a multi-ISA object; `whole`: nothing but libc's native
 * functions is linked to it. Returns an exit status. */
int generate_object(struct driver *d, const char *bitcode, const char *object,
                    bool whole);
/* "0".."3" for the user's -O option. */
const char *optimisation_level(const struct options *o);

/* link.c */
int run_linker(struct driver *d);
int run_linker_query(struct driver *d);

/* libraries.c: the archive, or stand-in of a shared object, that -l<name> means.
 * Exits if there is none. */
const char *find_library(const struct driver *d, const char *name);
/* Libraries whose content the link adds by itself (-lgcc). */
bool is_implicit_library(const char *name);

/* stand_in.c: is it a stand-in of a shared object? What it needs, paths and -lNAME,
 * goes to the end of `needs`. */
bool read_stand_in(const char *path, struct strings *needs);
/* Its objects, as one, in the temporary directory; `number` is of the input. */
char *bundle_of_stand_in(struct driver *d, const char *path, size_t number);
/* Makes one, the output, of the objects in `bundle`. Returns an exit status. */
int write_stand_in(struct driver *d, const char *bundle,
                   const struct strings *needs);

/* plugins.c: what popcorn-align calls a plugin. */
char *plugin_name(const char *path);
/* Compiles the table of the program's plugins; its path is stored in *object. */
int compile_plugin_table(struct driver *d, char **object);

/* run.c. Runs argv[0]; returns its exit status, 128 + signal if killed. */
int run(struct driver *d, const struct strings *argv);
/* Replaces this process; returns an exit status only for -###. */
int run_last(struct driver *d, const struct strings *argv);
char *temp_path(struct driver *d, const char *name);

/* util.c */
void add(struct strings *list, const char *item);
void add_all(struct strings *list, const char *const *items);
void extend(struct strings *list, const struct strings *more);
char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool starts_with(const char *s, const char *prefix);
bool exists(const char *path);
/* File name without directory; without its last suffix too. */
const char *base_name(const char *path);
char *stem(const char *path);
/* <root>/lib/popcorn/<name> */
char *part(const struct driver *d, const char *name);
/* The same of the folder that popcorn-port installs in. */
char *sysroot_part(const struct driver *d, const char *name);
/* part(), or exit if it is not there. */
char *need_part(const struct driver *d, const char *name);

#endif
