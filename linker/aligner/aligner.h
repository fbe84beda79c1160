/* popcorn-align: one layout for every ISA's image of a program.
 *
 * Invariants (verify.c checks them in the finished images):
 *  1. A *shared* section (one that defines a function, datum or TLS symbol, or
 *     is an init/fini array) has one address, the same in every image.
 *  2. Shared data have one size and, after relocation, the same bytes.
 *  3. Everything else is *ISA-private* and lies in areas of its own, which
 *     start and end at the same addresses in every image.
 *
 * Steps: resolve.c finds the modules, object.c classifies their sections,
 * liveness.c finds those that are needed, layout.c gives each shared one its
 * address, site_image.c makes what frame maps are made of, copy.c writes the
 * objects that are linked and script.c a linker script, for each ISA; link.c runs
 * ld.lld for all ISAs at once, map.c reads back what was linked, verify*.c check.
 * docs/linking.md.
 */
#ifndef POPCORN_LINKER_ALIGNER_H
#define POPCORN_LINKER_ALIGNER_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linker/aligner/program.h"
#include "linker/pack/elf_view.h"
#include "linker/pack/pack.h"

#define ALIGN_MAX_NATIVE 256
#define ALIGN_PATH_BYTES 4096
#define ALIGN_FUNCTION_SLOT 4 /* function slots are a multiple of it */
#define ALIGN_TLS 64          /* alignment of the TLS image, and its limit */

/* One ISA's side of the link. */
struct target {
    const char *isa;
    const char *object_path; /* of --isa */
    const char *native[ALIGN_MAX_NATIVE];
    unsigned native_count;
};

/* What --object and the options between them ask for, in order. */
struct input {
    const char *path;
    bool whole_archive;
    const char *plugin; /* it is one, called so; or NULL */
};

/* A shared section over all ISAs. */
struct shared_section {
    unsigned module;
    const char *key;
    const char *name;
    enum section_kind kind;
    uint64_t size[ALIGN_MAX_ISAS];
    unsigned index[ALIGN_MAX_ISAS]; /* of the section in the module's part */
    uint64_t slot_bytes;            /* the largest size; text: rounded up */
    uint64_t align;
    uint64_t address;
    unsigned isa_mask; /* bit per ISA whose object has it */
    unsigned order;    /* within a kind: neighbours of one name, then number */
    unsigned rank;     /* place in memory order, if live */
    bool live;
};

enum private_area { PRIVATE_TEXT, PRIVATE_RODATA, PRIVATE_DATA };
#define PRIVATE_COUNT 3

/* The largest over all ISAs. */
struct private_size {
    uint64_t bytes;      /* in memory */
    uint64_t file_bytes; /* without .bss */
    uint64_t align;
};

struct layout {
    struct shared_section *shared; /* index = number in the new names */
    unsigned shared_count;
    unsigned *by_address; /* live ones, in memory order */
    unsigned live_count;
    uint64_t private_start[PRIVATE_COUNT];
    struct private_size private_size[PRIVATE_COUNT]; /* room reserved */
    uint64_t kind_start[KIND_COUNT];
    uint64_t kind_end[KIND_COUNT];
    uint64_t shared_start, shared_file_end, shared_end;
    uint64_t framemap_start;
};

/* What a link made, from its map file. */
struct link_result {
    bool *live; /* per shared section */
    struct private_size private_size[PRIVATE_COUNT];
    char refused[512]; /* an input section that may not be there, or "" */
};

/* Deliberate mistakes (--plant-fault), for tests of the verifiers. */
enum planted_fault {
    FAULT_NONE,
    FAULT_OVERLAPPING_SITES, /* two modules with the same site base */
    FAULT_WRONG_SITE_BASE,   /* the symbol says another one */
    FAULT_MISSED_REQUIRE,    /* `require` is not checked */
    FAULT_SWAPPED_OBJECTS,   /* one ISA's link has two modules exchanged */
};

struct options {
    const char *lib;
    const char *output;
    const char *host;
    const char *keep;
    const char *map;
    bool stats;
    bool verbose;
    struct target target[ALIGN_MAX_ISAS];
    unsigned target_count;
    struct input *inputs;
    unsigned input_count;
    const char **undefined; /* of --undefined */
    unsigned undefined_count;
    const char **trace_symbol;
    unsigned trace_symbol_count;
    bool trace;
    bool relocatable;    /* make one object of those that are given */
    const char *library; /* -r: it stands for a shared object of this name */
    const char *version_script;
    const char *
        *exclude_libs; /* archives, or ALL: what is out of them is hidden */
    unsigned exclude_libs_count;
    bool allow_multiple;
    bool export_dynamic; /* plugins would see the program's names */
    enum planted_fault fault;
    char work[ALIGN_PATH_BYTES / 2]; /* folder of intermediate files */
};

/* --- util.c --- exits with a message when memory is exhausted */
void *align_alloc(size_t count, size_t size);
/* The array with room for one more behind the `count` elements it has: it grows
 * by powers of two. NULL and 0 at first. */
void *align_room(void *array, size_t count, size_t size);
char *align_format(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
int align_write_file(const char *path, const void *bytes, uint64_t size_bytes,
                     struct popcorn_error *error);
bool is_c_identifier(const char *name);
/* Bytes that grow at their end. */
struct bytes {
    uint8_t *at;
    uint64_t used, capacity;
};
/* Zero bytes at the end, or those of `bytes`; the offset where they begin. */
uint64_t bytes_extend(struct bytes *out, uint64_t count);
uint64_t bytes_append(struct bytes *out, const void *bytes, uint64_t count);

/* One that the user has to see, with its details on further lines. */
void align_report(struct program *program, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* --- resolve.c --- finds the modules and the meaning of every name */
int resolve(const struct options *options, struct program *program,
            struct popcorn_error *error);
/* Adds the module of what the link itself defines: its parts, per ISA. */
int resolve_own_module(const struct options *options, struct program *program,
                       const uint8_t *const *bytes, const uint64_t *sizes,
                       struct popcorn_error *error);

/* --- own_object.c --- the module of what the link itself defines: the program
 * id, and common symbols. */
int own_module(const struct options *options, struct program *program,
               struct popcorn_error *error);

/* --- layout.c --- */
int layout_merge(const struct options *options, struct program *program,
                 struct layout *layout, struct popcorn_error *error);
/* Gives every live section its address. */
int layout_assign(struct layout *layout, struct popcorn_error *error);

/* --- copy.c --- */
/* Writes the archive of what one ISA's link takes, whole: a copy of each module's
 * part, called module.<number>, in which shared section n of the layout has its
 * common alignment and slot size and is called .popcorn.<kind>.<rank>.<n> (dead
 * ones: .popcorn.dead...). With `framemap`, the last has a section
 * .popcorn.framemap. */
int copies_write(const struct options *options, const struct program *program,
                 const struct layout *layout, unsigned isa_index,
                 const uint8_t *framemap, uint64_t framemap_bytes, bool debug,
                 const char *path, struct popcorn_error *error);

/* --- site_image.c --- */
/* Writes what popcorn-framemap reads of one ISA's image, as an ELF file: stack
 * maps with the program's call-site ids, call-frame information, functions, all
 * with final addresses. */
int site_image_write(const struct options *options,
                     const struct program *program, const struct layout *layout,
                     unsigned isa_index, const char *path,
                     struct popcorn_error *error);
/* Whose part stands for a module: its own, unless a fault is planted. */
const struct module *module_content(const struct options *options,
                                    const struct program *program,
                                    const struct module *module,
                                    unsigned isa_index);

/* --- check_program.c --- what modules know of each other must agree; reports
 * what does not. */
void check_program(const struct options *options, struct program *program);

/* --- liveness.c --- marks what the program needs, on all ISAs at once, reports
 * what it needs and nothing defines, and sizes the private areas. */
int find_live(const struct options *options, struct program *program,
              struct layout *layout, struct popcorn_error *error);

/* --- script.c --- framemap_bytes: of this ISA */
int script_write(const struct layout *layout, uint64_t framemap_bytes,
                 const char *path, struct popcorn_error *error);
/* Does the script, or ld.lld by itself, define this name? */
bool script_defines(const struct layout *layout, const char *name);

/* --- link.c --- */
/* The signal that ends the aligner, when the programs that run have ended; 0:
 * none. */
extern volatile sig_atomic_t align_ended_by;
/* Makes the frame maps of every image: from <isa>.sites, <isa>.framemap. */
int framemap_all(const struct options *options, const struct program *program,
                 const struct layout *layout, struct popcorn_error *error);
/* Links every image, with its frame maps if there are any. */
int link_all(const struct options *options, const struct program *program,
             const struct layout *layout, bool debug,
             struct popcorn_error *error);
/* Writes the map of a link in the user's names of files and sections. */
int map_copy(const struct options *options, unsigned isa_index,
             const struct program *program, const struct layout *layout,
             const char *to, struct popcorn_error *error);
/* Paths in the work folder: objects, script, image, map file, stack maps, frame
 * maps. */
char *work_path(const struct options *options, unsigned isa_index,
                const char *suffix);

/* --- map.c --- */
int map_read(const char *path, const struct layout *layout,
             struct link_result *result, struct popcorn_error *error);

/* An input section of the link: `section` ends in ')'. */
typedef void map_visitor(void *context, const char *file, const char *section,
                         uint64_t address, uint64_t size_bytes);
int map_each_input(const char *path, map_visitor *visit, void *context,
                   struct popcorn_error *error);

/* Merges the host parts of the objects that the file "objects" in the work folder
 * lists, by the script "discard.ld" there. */
int link_host_parts(const struct options *options, const char *output,
                    struct popcorn_error *error);

/* --- version_script.c --- which names a shared object gives away */
struct version_script;
int version_script_read(const char *path, struct version_script **script,
                        struct popcorn_error *error);
bool version_script_hides(const struct version_script *script,
                          const char *name);

/* --- hidden.c --- */
/* What the bundle says of itself (linker/object/bundle.h): nothing without
 * --library. */
int hidden_find(const struct options *options, const struct program *program,
                struct bytes *text, struct popcorn_error *error);
/* An index of archives has what is defined, and no other file is to find these: the
 * merged host parts, a view of `bytes`, say of them that they are weak and
 * undefined. */
int hidden_mask(const struct library *library, const struct elf_view *merged,
                uint8_t *bytes, struct popcorn_error *error);

/* --- relocatable.c --- one object of several (-r) */
int relocatable_run(const struct options *options, struct program *program,
                    struct popcorn_error *error);

/* --- driver.c --- the whole link; prints errors itself, 0 or 1 */
int align_run(struct options *options);

#endif
