/* What a link is made of: modules, and the symbols between them.
 *
 * A module is a multi-ISA object, with a part for every ISA; or one ISA's object
 * of native code, which is then its only part.  resolve.c finds the modules and
 * decides once, for all ISAs, which definition each name has.
 */
#ifndef POPCORN_LINKER_PROGRAM_H
#define POPCORN_LINKER_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linker/object/archive.h"
#include "linker/object/multi_object.h"
#include "linker/pack/elf_view.h"
#include "linker/pack/pack.h"

#define ALIGN_MAX_ISAS POPCORN_PACK_MAX_IMAGES

/* Order is the order in memory. */
enum section_kind {
    KIND_TEXT,
    KIND_RODATA,
    KIND_PREINIT,
    KIND_INIT,
    KIND_FINI,
    KIND_TDATA,
    KIND_TBSS,
    KIND_DATA,
    KIND_BSS,
};
#define KIND_COUNT (KIND_BSS + 1)

extern const char *const kind_name[KIND_COUNT]; /* "text", "rodata", ... */

/* A shared section of one object. */
struct object_section {
    const char *name; /* as the code generator called it */
    const char *key;  /* equal in every ISA: its first symbol, or its name */
    enum section_kind kind;
    unsigned index; /* in the object */
    uint64_t size_bytes;
    uint64_t align;
    unsigned shared; /* its number in the layout */
};

/* A module's relocatable for one ISA. */
struct part {
    struct elf_view object; /* no bytes: none for this ISA */
    struct elf_symbols symbols;
    uint32_t *global; /* symbol index -> number in the program's table */
    bool *dropped;    /* per section: of a group that an earlier module has */
    struct object_section *sections;
    unsigned section_count;
    unsigned *shared; /* per section: 1 + number in the layout, 0: private */
    bool *live;       /* per section in memory, once liveness.c has run */
    bool has_stack_maps;
    bool has_debug_info;
};

enum module_kind {
    MODULE_NEUTRAL,
    MODULE_NATIVE, /* of -popcorn-native */
    MODULE_MEMBER, /* native code of one ISA: --native, native.a, builtins.a */
    MODULE_OWN,    /* what the link itself defines */
};

/* What stands for a shared object: its objects know names that the rest of the
 * program does not, and what they define yields to the program's own. */
struct library {
    const char *name;    /* no other of the program has it */
    const char **hidden; /* in order */
    unsigned hidden_count;
    const char **given; /* a plugin's, to dlsym */
    unsigned given_count;
};

struct module {
    const char *name; /* the user's: FILE, or ARCHIVE(MEMBER) */
    enum module_kind kind;
    const struct library *library; /* it is of one, or NULL */
    bool runtime;                  /* native code of Popcorn's own */
    unsigned number;
    struct multi_object object; /* neutral, native; name NULL: of --isa */
    uint32_t site_base;         /* added to its call-site ids */
    struct part *part;          /* per ISA of the link */
};

enum symbol_state {
    SYMBOL_NONE,
    SYMBOL_UNDEFINED,
    SYMBOL_LAZY,
    SYMBOL_COMMON,
    SYMBOL_DEFINED,
};

/* What a name means on one ISA. */
struct resolution {
    uint8_t state;
    bool weak;       /* its definition, or all references */
    bool referenced; /* by an object */
    uint32_t module; /* number; lazy: of the candidate */
    uint32_t symbol; /* index in the module's part */
};

struct global {
    const char *name;
    uint64_t hash;
    uint64_t common_bytes, common_align;
    bool neutral_common;   /* a module of neutral code has it as a common */
    uint32_t group;        /* 1 + number of the module whose group it names */
    struct resolution *on; /* per ISA of the link */
};

struct program {
    unsigned isa_count;
    struct module **modules; /* in the order in which they are linked */
    unsigned module_count;
    struct global *globals;
    uint32_t global_count, global_capacity;
    uint32_t *buckets; /* 1 + number, 0: free */
    uint32_t bucket_count;
    const struct library **libraries;
    unsigned library_count;
    unsigned errors; /* that were printed */
};

/* --- symbols.c --- */
/* The number of a name, which is entered if it is new. */
uint32_t symbol_enter(struct program *program, const char *name);
const struct global *symbol_find(const struct program *program,
                                 const char *name);
/* The module that defines a name on an ISA, NULL if none does. */
const struct module *symbol_module(const struct program *program,
                                   const struct global *global,
                                   unsigned isa_index);
/* Reads the symbols of a part into the table's numbers and finds its groups. */
int part_read_symbols(struct program *program, const struct module *module,
                      unsigned isa_index, struct popcorn_error *error);
/* Is this symbol a definition (not a common one) that is linked? */
bool part_defines(const struct part *part, const Elf64_Sym *symbol);
bool part_refers(const struct part *part, const Elf64_Sym *symbol);

/* A relocation that names a symbol; false for others. */
bool part_relocation(const struct part *part, const uint8_t *relocations,
                     uint64_t number, Elf64_Rela *relocation,
                     Elf64_Sym *symbol);

/* The function, datum or TLS symbol of a part that a place in a section is in;
 * NULL if none is known. */
const char *part_symbol_around(const struct part *part, unsigned section,
                               uint64_t offset, unsigned *type);
/* What a module does with calls of a name that it defines; NULL: it has no
 * record, or its record does not say. */
const struct multi_object_fact *module_definition(const struct module *module,
                                                  const char *name);

/* What the user calls a module: its source if that is known, in its archive.
 * Allocated. */
char *module_describe(const struct module *module);

/* --- library.c --- */
/* Reads what a bundle says of itself (linker/object/bundle.h): `text`, which has to
 * stay, of the file `path`. */
int library_open(struct program *program, const char *path, const char *text,
                 uint64_t bytes, const struct library **library,
                 struct popcorn_error *error);
/* The same of a plugin, whose own names are all hidden; `bundle`: the object. */
int plugin_open(struct program *program, const char *name,
                const struct elf_view *bundle, const char *text, uint64_t bytes,
                const struct library **library, struct popcorn_error *error);
/* Appends all that a link takes from a library. */
struct bytes;
void library_describe(const struct library *library, struct bytes *text);
bool library_hides(const struct library *library, const char *name);
/* What a module's name is called in the program: a name that only its library
 * knows, by that too. */
const char *module_symbol_name(const struct module *module, const char *name);
/* Does a definition of this binding yield to any other? */
bool module_defines_weakly(const struct module *module, unsigned binding);

/* --- object.c --- finds the shared sections of a part */
int part_find_sections(const struct module *module, struct part *part,
                       struct popcorn_error *error);

#endif
