/* The text record of a multi-ISA object, apart from the ELF file around it. */
#ifndef POPCORN_LINKER_RECORD_H
#define POPCORN_LINKER_RECORD_H

#include "linker/object/multi_object.h"

/* What the record says of a part that is not the host's. */
struct record_part {
    char isa[MULTI_OBJECT_ISA_BYTES];
    uint64_t size_bytes;
    uint64_t hash;
};

struct record {
    char host[MULTI_OBJECT_ISA_BYTES];
    struct record_part part[MULTI_OBJECT_MAX_PARTS];
    unsigned part_count;
};

/* Reads the record into `object` (native, id, sites, facts) and `record`. */
int record_read(struct multi_object *object, struct record *record,
                const uint8_t *text, uint64_t bytes,
                struct popcorn_error *error);

/* The hash of a part: XXH3 with 64 bits. */
uint64_t record_hash(const uint8_t *bytes, uint64_t size_bytes);

#endif
