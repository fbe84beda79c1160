/* The hashes of the manifest and of a link: SHA-256 of three kinds of things.
 */
#ifndef POPCORN_LINKER_DIGEST_H
#define POPCORN_LINKER_DIGEST_H

#include "linker/pack/elf_view.h"

#define DIGEST_BYTES 32

/* SHA-256 of plain bytes: 0 or -EIO. */
int digest_bytes(const void *bytes, uint64_t size_bytes, uint8_t *digest);

/* SHA-256 of what the kernel loads of an image: machine, entry and, for each
 * program header, type, flags, addresses, sizes and (PT_LOAD) the file's bytes.
 * Independent of file offsets, sections and symbols: equal before and after
 * packing and strip(1). 0, -EBADMSG (a segment leaves the file), -EIO. */
int digest_loadable(const struct elf_view *view, uint8_t *digest,
                    struct popcorn_error *error);

#endif
