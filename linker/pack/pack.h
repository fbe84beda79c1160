/* The multi-ISA binary: open, validate, list, extract, write.
 *
 * A multi-ISA binary is the ELF executable of one ISA (the *host image*) that
 * also holds `.popcorn.manifest` and, for every other ISA, its whole image in a
 * non-allocated section `.popcorn.image.<isa>` (docs/formats.md).  Everything
 * here treats the file as hostile: any truncation or change of a bit that
 * matters is an error with a message, never a crash.
 *
 * Host code, allocates, not signal-safe; a struct popcorn_pack may be used by
 * one thread at a time.
 */
#ifndef POPCORN_LINKER_PACK_H
#define POPCORN_LINKER_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/error.h"

#define POPCORN_PACK_MAX_IMAGES 16
#define POPCORN_PACK_ISA_BYTES 16

struct popcorn_pack; /* an open multi-ISA binary */

/* One image. `bytes` stays valid until popcorn_pack_close; for the host image
 * it is the whole file. */
struct popcorn_pack_image {
    char isa[POPCORN_PACK_ISA_BYTES]; /* NUL-terminated */
    uint16_t elf_machine;
    bool is_host;    /* the file itself */
    uint64_t offset; /* in the file; 0 for the host image */
    uint64_t size_bytes;
    uint64_t entry;     /* address */
    uint8_t sha256[32]; /* see docs/formats.md: what it covers */
    const uint8_t *bytes;
};

/* What the manifest says about the program as a whole. */
struct popcorn_pack_info {
    uint32_t format_version;
    uint32_t abi_version;
    char popcorn_version[32]; /* NUL-terminated */
    uint8_t program_id[32];
    uint8_t layout_hash[32];
    uint32_t image_count;
    struct popcorn_pack_image image[POPCORN_PACK_MAX_IMAGES]; /* host first */
};

/* Opens and validates all of it: manifest, hashes of every image, ELF headers.
 * 0 and *pack, or -errno with `error` filled: -ENOENT/-EACCES/... from open,
 * -ENOEXEC not a multi-ISA binary (not ELF, or no manifest), -EBADMSG truncated
 * or corrupt, -EPROTO made by another version of Popcorn. */
int popcorn_pack_open(const char *path, struct popcorn_pack **pack,
                      struct popcorn_error *error);

/* The same for a file in memory; `bytes` must outlive the pack. `name` is for
 * messages. */
int popcorn_pack_open_memory(const char *name, const void *bytes,
                             uint64_t size_bytes, struct popcorn_pack **pack,
                             struct popcorn_error *error);

void popcorn_pack_close(struct popcorn_pack *pack); /* NULL is fine */

const struct popcorn_pack_info *popcorn_pack_info(const struct popcorn_pack *);

/* The image for an ISA, NULL if the binary has none. */
const struct popcorn_pack_image *
popcorn_pack_find(const struct popcorn_pack *pack, const char *isa);

/* A new memfd (CLOEXEC, executable, offset 0) that holds the image, ready for
 * execveat/fexecve or for qemu: the file descriptor, or -errno and `error`.
 * -ENOENT: no image for this ISA (the message lists those there are).
 * The host image comes with the manifest and the other images still in it. */
int popcorn_pack_extract(const struct popcorn_pack *pack, const char *isa,
                         struct popcorn_error *error);

/* An image to pack: complete ELF executable bytes. */
struct popcorn_pack_input {
    const char *isa;
    const void *bytes;
    uint64_t size_bytes;
};

/* Writes a multi-ISA binary: input[0] is the host image. Replaces `path`
 * atomically (mode 0777 & ~umask). program_id and layout_hash: 32 bytes. */
int popcorn_pack_write(const char *path, const struct popcorn_pack_input *input,
                       unsigned input_count, const uint8_t *program_id,
                       const uint8_t *layout_hash, struct popcorn_error *error);

#endif
