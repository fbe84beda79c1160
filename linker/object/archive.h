/* Reads ar archives: GNU's, thin ones too, with an index of 32 or 64 bits.
 *
 * Only what is asked for is read: with the index, a link opens just the members
 * it needs.  Bounds-checked; what is damaged is an error with a message.
 */
#ifndef POPCORN_LINKER_ARCHIVE_H
#define POPCORN_LINKER_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

struct archive {
    const char *name; /* its path: members of a thin one are found from it */
    const uint8_t *bytes;
    uint64_t size_bytes;
    bool thin;
    const uint8_t *index; /* NULL: it has none */
    uint64_t index_bytes;
    unsigned index_width; /* bytes of a number in it */
    const char *long_names;
    uint64_t long_names_bytes;
    uint64_t first; /* offset of the first member that is a file */
};

struct archive_member {
    char *name; /* the user's; allocated */
    const uint8_t *bytes;
    uint64_t size_bytes;
    uint64_t next; /* offset of the member after it */
    bool thin;     /* bytes are a mapping of a file of its own */
};

struct archive_symbol {
    const char *name;
    uint64_t offset; /* of the member that defines it */
};

bool archive_is_one(const uint8_t *bytes, uint64_t size_bytes);

/* `bytes` and `name` must outlive it. 0 or -EBADMSG. */
int archive_open(struct archive *archive, const char *name,
                 const uint8_t *bytes, uint64_t size_bytes,
                 struct popcorn_error *error);

/* Is there a member at `offset`? */
bool archive_has_more(const struct archive *archive, uint64_t offset);

/* Opens the member at `offset`: 0, -EBADMSG, or what opening a file gives. */
int archive_open_member(const struct archive *archive, uint64_t offset,
                        struct archive_member *member,
                        struct popcorn_error *error);
void archive_close_member(struct archive_member *member);

/* The symbols of the index, allocated, in its order: 0, -EBADMSG or -ENOMEM. */
int archive_symbols(const struct archive *archive,
                    struct archive_symbol **symbols, uint64_t *count,
                    struct popcorn_error *error);

#ifdef __cplusplus
}
#endif

#endif
