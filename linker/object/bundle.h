/* Several multi-ISA objects in one: what `popcorn-clang -r` makes.
 *
 * Their host parts are merged, for other tools to look at; the objects
 * themselves are carried beside that in an archive, and a link takes those.
 */
#ifndef POPCORN_LINKER_BUNDLE_H
#define POPCORN_LINKER_BUNDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "linker/pack/elf_view.h"
#include "runtime/base/error.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BUNDLE_SECTION ".popcorn.bundle"
#define BUNDLE_LIBRARY_SECTION ".popcorn.library"

struct bundle_member {
    const char *name;
    const uint8_t *bytes;
    uint64_t size_bytes;
};

/* `host`: the merged host parts. `library`: what a bundle that stands for a shared
 * object says of itself (names that each end in NUL: its own, then those that
 * only it knows), or NULL. 0, or a negative errno and `error`. */
int bundle_write(const char *path, const struct elf_view *host,
                 const struct bundle_member *members, unsigned count,
                 const char *library, uint64_t library_bytes,
                 struct popcorn_error *error);

/* The archive in an object; false if it is none of these. */
bool bundle_find(const struct elf_view *object, const uint8_t **bytes,
                 uint64_t *size_bytes);
/* What it says of itself as a shared object; NULL if it stands for none. */
const char *bundle_library(const struct elf_view *object,
                           uint64_t *library_bytes);

#ifdef __cplusplus
}
#endif

#endif
