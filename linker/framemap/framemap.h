/* popcorn-framemap: .llvm_stackmaps + call-frame information of a linked image
 * -> the compact frame maps of docs/frame-maps.md.
 *
 *   image.c   ELF file, symbols, reading .llvm_stackmaps
 *   cfi.c     unwind rule at each return address
 *   check.c   values to locations, everything that can be refused
 *   encode.c  hash-consing and the blob
 *   compare.c same call sites, same live values in every ISA
 *
 * A command-line program: what cannot be encoded ends it with one message.
 */
#ifndef POPCORN_LINKER_FRAMEMAP_H
#define POPCORN_LINKER_FRAMEMAP_H

#include <elfutils/libdw.h>
#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "isa/isa.h"

/* A location as LLVM's stack-map section, version 3, has it. */
struct raw_location {
    uint8_t kind; /* enum raw_kind */
    uint16_t size_bytes;
    uint16_t dwarf_reg;
    int32_t offset;
    uint64_t constant; /* of RAW_CONSTANT_INDEX */
};

enum raw_kind {
    RAW_REGISTER = 1,
    RAW_DIRECT = 2,
    RAW_INDIRECT = 3,
    RAW_CONSTANT = 4,
    RAW_CONSTANT_INDEX = 5
};

/* A saved register: at CFA - below_cfa. */
struct saved_register {
    uint8_t slot;
    uint32_t below_cfa;
};

struct unwind_rule {
    uint32_t frame_bytes;
    bool has_fp;
    uint8_t fp_slot;
    int32_t fp_offset; /* register = CFA + fp_offset */
    unsigned saved_count;
    struct saved_register saved[ISA_MAX_REGS];
};

/* One return address. */
struct call_site {
    uint64_t pc;
    uint64_t stack_bytes; /* of the function, as LLVM counts it */
    uint32_t id;
    bool token;
    unsigned location_count;
    struct raw_location *locations; /* all of the record */
    unsigned value_count;
    struct raw_location *values; /* the derived ones of the pairs */
    struct unwind_rule unwind;
    uint32_t unwind_item, location_item; /* pool entries */
};

struct symbol {
    uint64_t address, size_bytes;
    const char *name;
};

struct image {
    const char *path;
    const struct isa *isa;
    int file;
    Elf *elf;
    Dwarf *dwarf; /* while rules are read */
    Dwarf_CFI *eh_frame;
    Dwarf_Frame *frame;
    struct symbol *symbols; /* functions, by address */
    size_t symbol_count;
    bool is_popcorn; /* has __popcorn_program_id */
    uint64_t text_bytes;
    struct call_site *sites;
    size_t site_count;
    size_t record_count; /* with those of functions the linker dropped */
};

/* "popcorn-framemap: ..." to standard error, exit 1. */
_Noreturn void fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
/* The same, naming function and call site. */
_Noreturn void fail_at(const struct image *image, const struct call_site *site,
                       const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void *allocate(void *old, size_t count, size_t size_bytes);

void image_open(struct image *image, const char *path, const struct isa *isa);
void image_read_stack_maps(struct image *image);
void read_unwind_rules(struct image *image);
void end_unwind_rules(struct image *image); /* gives up what libdw keeps */
void check_sites(struct image *image);

/* Slot of a general register, -1 if the DWARF number is not one. */
int slot_of(const struct isa *isa, unsigned dwarf_reg);
const struct isa_reg *reg_of_slot(const struct isa *isa, unsigned slot);
/* Bytes from the stack pointer to an indirect location. */
int64_t sp_offset_of(const struct image *image, const struct call_site *site,
                     const struct raw_location *location);

struct encoding_stats {
    size_t ids, entries, values, unwinds, lists;
    size_t block_bytes, rank_bytes, site_bytes, unwind_bytes, location_bytes;
};

/* The blob, allocated. Sorts the sites by address. */
uint8_t *encode(struct image *image, size_t *size_bytes,
                struct encoding_stats *stats);

/* Blob files of several ISAs: exit status. */
int compare_blobs(char **paths, int count);

#endif
