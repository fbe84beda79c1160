/* Checks finished images against the invariants of docs/linking.md.
 *
 * Apart from the producer on purpose: it reads the images and the objects with
 * elf_view.h only and knows nothing of layouts, scripts or maps.
 */
#ifndef POPCORN_LINKER_VERIFY_H
#define POPCORN_LINKER_VERIFY_H

#include "linker/aligner/program.h"
#include "linker/pack/elf_view.h"

/* One ISA's finished image and the code generator's objects it came from. */
struct verify_image {
    const char *isa;
    const struct elf_view *image;
    const struct elf_view *sites; /* stack maps, call frames, functions */
    const struct elf_view *const *objects;
    unsigned object_count;
};

/* The value of an image's symbol, if it defines one of this name. */
bool verify_symbol(const struct elf_view *image, const char *name,
                   uint64_t *value);
/* So many bytes of an image from an address on; NULL: the file does not have them. */
const uint8_t *verify_bytes(const struct elf_view *image, uint64_t address,
                            uint64_t size_bytes);

/* Every shared function, datum and section equal in all images; segments sane.
 * Fills program_id and layout_hash (32 bytes each). -EBADMSG and the first
 * violation, with the symbol it concerns. */
int verify_images(const struct verify_image *images, unsigned count,
                  uint8_t *program_id, uint8_t *layout_hash,
                  struct popcorn_error *error);

/* The functions and the call-frame information of `sites` are those of the
 * image: frame maps made of it speak of this image. */
int verify_site_places(const struct verify_image *image,
                       struct popcorn_error *error);

/* Call sites (.llvm_stackmaps records of live functions) that not every image
 * has: counted, and a sentence about them in `text` ("" if none). -EBADMSG if a
 * stack map section is malformed, or landing tables are not as the unwinder needs
 * them. The images' `sites` have them. */
int verify_call_sites(const struct verify_image *images, unsigned count,
                      unsigned *differing, char *text, uint64_t text_bytes,
                      struct popcorn_error *error);

/* Modules have the call sites that are theirs: ids behind those of the modules before, the same on every ISA,
 * none in two functions; the symbol that says so agrees; and what a module
 * requires not to migrate has none. */
int verify_module_sites(const struct verify_image *images, unsigned count,
                        const struct program *program,
                        struct popcorn_error *error);

/* Every global is where the module that resolve.c chose for it is, by the map
 * file of the link; every image has something of the same modules. */
int verify_module_names(const struct verify_image *images,
                        const char *const *maps, unsigned count,
                        const struct program *program,
                        struct popcorn_error *error);

#endif
