/* The bytes of a frame-map blob (docs/frame-maps.md), for encoder and decoder.
 *
 *   struct frame_map_header
 *   block_count x struct frame_map_block      by address
 *   id_count x rank_bytes                     call-site id - 1 -> entry number
 *   sites_bytes                               entries, FRAME_MAP_BLOCK a block
 *   unwinds_bytes                             unwind records
 *   locations_bytes                           location lists
 *
 * Little-endian; nothing after the header is aligned. Sizes, not offsets, so
 * that parts cannot overlap.
 */
#ifndef POPCORN_STACK_FRAME_MAP_FORMAT_H
#define POPCORN_STACK_FRAME_MAP_FORMAT_H

#include <stdint.h>

#define FRAME_MAP_MAGIC 0x314d4650u /* "PFM1" */
#define FRAME_MAP_VERSION 2
#define FRAME_MAP_BLOCK 16 /* entries in a block; the last has what is left */

struct frame_map_header {
    uint32_t magic;
    uint16_t version;
    uint16_t header_bytes;
    uint16_t elf_machine;
    uint8_t pc_unit;    /* return addresses are multiples of it */
    uint8_t rank_bytes; /* 1..4; all ones: this image has no such call site */
    uint32_t total_bytes;
    uint32_t site_count; /* return addresses = entries */
    uint32_t id_count;   /* the highest call-site id */
    uint32_t sites_bytes;
    uint32_t unwinds_bytes;
    uint32_t locations_bytes;
    uint32_t reserved; /* 0 */
    uint64_t text_base;
    uint64_t checksum; /* checksum64_headed(), 0 here */
};

_Static_assert(sizeof(struct frame_map_header) == 56, "header is fixed");

struct frame_map_block {
    uint32_t pc;     /* of its first entry: (address - text_base) / pc_unit */
    uint32_t stream; /* where that entry is in the sites */
};

_Static_assert(sizeof(struct frame_map_block) == 8, "block is fixed");

/* Codes of a location: below FRAME_MAP_CONSTANT a register slot; from
 * FRAME_MAP_STACK on, a word of the frame counted from the stack pointer. */
#define FRAME_MAP_CONSTANT 47
#define FRAME_MAP_STACK 48

#endif
