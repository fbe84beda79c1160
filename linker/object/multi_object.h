/* The multi-ISA object: what `popcorn-clang -c` makes and popcorn-align links.
 *
 * An ELF relocatable of one ISA (the *host part*) with, in sections that no
 * link copies (SHF_EXCLUDE), the relocatables of the other ISAs and a record of
 * what a link has to know of the module.  docs/formats.md has the format.
 *
 * Everything here treats a file as hostile: what is damaged is an error with a
 * message, never a crash.  Host code, allocates, not signal-safe.
 */
#ifndef POPCORN_LINKER_MULTI_OBJECT_H
#define POPCORN_LINKER_MULTI_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "linker/pack/elf_view.h"
#include "runtime/base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MULTI_OBJECT_VERSION 1
#define MULTI_OBJECT_MAX_PARTS 16
#define MULTI_OBJECT_ISA_BYTES 16
#define MULTI_OBJECT_ISA_SECTION ".popcorn.isa." /* + ISA */
#define MULTI_OBJECT_RECORD_SECTION ".popcorn.module"
/* The host part's .debug_frame: `strip -g` takes what is called .debug_*. */
#define MULTI_OBJECT_FRAME_SECTION ".popcorn.frame"

/* One ISA's relocatable, complete. */
struct multi_object_part {
    const char *isa;
    const uint8_t *bytes;
    uint64_t size_bytes;
};

/* Writes a multi-ISA object; part[host_index] is the host part. `facts`: the
 * lines of the record from `code` up to but not including `end`. What is
 * written is read back first; a file takes its name when it is whole, a device
 * is written as it is. 0, or a negative errno and `error`. */
int multi_object_write(const char *path, const struct multi_object_part *parts,
                       unsigned count, unsigned host_index, const char *facts,
                       uint64_t facts_bytes, struct popcorn_error *error);

/* What a line of the record says. */
enum multi_object_fact_kind {
    FACT_DEFINE,  /* `name` is defined here; may_migrate, variadic */
    FACT_REQUIRE, /* its definition must not migrate */
    FACT_CALL,    /* called directly; `call` says how */
    FACT_ADDRESS, /* its address is taken */
};

struct multi_object_fact {
    enum multi_object_fact_kind kind;
    bool may_migrate;
    bool variadic;
    char call; /* 'v' as variadic, 'f' fixed arguments, '0' no argument */
    const char *name;
};

struct multi_object {
    const char *name; /* for messages */
    unsigned part_count;
    struct {
        char isa[MULTI_OBJECT_ISA_BYTES];
        struct elf_view view;
    } part[MULTI_OBJECT_MAX_PARTS]; /* the host part first */
    bool native;                    /* of -popcorn-native: no call sites */
    uint8_t id[32];
    uint32_t sites; /* call-site ids are 1..sites */
    struct multi_object_fact *facts;
    unsigned fact_count;
    char *text; /* the names are in it */
};

/* Opens an object in memory; `bytes` and `name` must outlive it. 0, or
 * -ENOEXEC: none of popcorn's (another compiler's, bitcode, no object), -EPROTO:
 * of another version, -EBADMSG: damaged. */
int multi_object_open(struct multi_object *object, const char *name,
                      const void *bytes, uint64_t size_bytes,
                      struct popcorn_error *error);
void multi_object_close(struct multi_object *object);

/* The part of an ISA, NULL if there is none. */
const struct elf_view *multi_object_find(const struct multi_object *object,
                                         const char *isa);

/* Is this a section that is in a multi-ISA object only to carry something? */
bool multi_object_carries(const char *section_name);

#ifdef __cplusplus
}
#endif
#endif
