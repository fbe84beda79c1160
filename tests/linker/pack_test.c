/* Damages a multi-ISA binary in every way and opens it: no crash, and no damage
 * to what matters goes unseen. Run under AddressSanitizer too. Argument: FILE.
 *
 *  1. truncation to every length near a boundary and to many between;
 *  2. each byte of the manifest changed: refused;
 *  3. bytes of each image's code and data changed: refused;
 *  4. each byte of the ELF header, program and section headers changed, and
 *     random ranges overwritten: refused or still the same program. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "linker/pack/elf_view.h"
#include "linker/pack/manifest.h"
#include "linker/pack/pack.h"

static const uint8_t *original;
static uint64_t size_bytes;
static uint8_t *damaged; /* always exactly as long as what is opened */
static struct popcorn_pack_info expected;
static unsigned failures;
static unsigned long opens;

static void fail(const char *what, uint64_t at)
{
    if (failures++ < 20) {
        fprintf(stderr, "FAILED: %s at %llu\n", what, (unsigned long long)at);
    }
}

static int try_open(const uint8_t *bytes, uint64_t length, uint64_t at)
{
    struct popcorn_error error = {0};
    struct popcorn_pack *pack = NULL;
    int result = popcorn_pack_open_memory("test", bytes, length, &pack, &error);
    opens++;
    if (result == 0) {
        const struct popcorn_pack_info *info = popcorn_pack_info(pack);
        if (memcmp(info->program_id, expected.program_id, 32) != 0 ||
            info->image_count != expected.image_count) {
            fail("accepted as another program", at);
        }
    } else if (error.text[0] == '\0' || pack != NULL) {
        fail("refused without a message", at);
    }
    popcorn_pack_close(pack);
    return result;
}

static void truncate_to(uint64_t length)
{
    uint8_t *exact = malloc(length != 0 ? length : 1);
    memcpy(exact, original, length);
    if (try_open(exact, length, length) == 0) {
        fail("truncated file accepted", length);
    }
    free(exact);
}

static void flip(uint64_t at, bool must_refuse)
{
    for (unsigned bit = 0; bit < 8; bit += must_refuse ? 7 : 1) {
        damaged[at] ^= (uint8_t)(1u << bit);
        if (try_open(damaged, size_bytes, at) == 0 && must_refuse) {
            fail("damage accepted", at);
        }
        damaged[at] ^= (uint8_t)(1u << bit);
    }
}

static void flip_images(const struct elf_view *view)
{
    Elf64_Phdr segment;
    for (unsigned i = 1; i < expected.image_count; i++) {
        uint64_t step = expected.image[i].size_bytes / 97;
        for (uint64_t k = 0; k < expected.image[i].size_bytes; k += step + 1) {
            flip(expected.image[i].offset + k, true);
        }
    }
    for (unsigned i = 0; elf_view_segment(view, i, &segment); i++) {
        if (segment.p_type == PT_LOAD && segment.p_filesz != 0) {
            flip(segment.p_offset, true);
            flip(segment.p_offset + segment.p_filesz - 1, true);
        }
    }
}

static void overwrite_at_random(unsigned seed)
{
    srandom(seed);
    for (unsigned i = 0; i < 300; i++) {
        uint64_t at = (uint64_t)random() % size_bytes;
        uint64_t length = 1 + (uint64_t)random() % 64;
        length = length > size_bytes - at ? size_bytes - at : length;
        for (uint64_t k = 0; k < length; k++) {
            damaged[at + k] = (uint8_t)random();
        }
        try_open(damaged, size_bytes, at);
        memcpy(damaged + at, original + at, length);
    }
}

static void extract_all(const struct popcorn_pack *pack)
{
    struct popcorn_error error = {0};
    for (unsigned i = 0; i < expected.image_count; i++) {
        const struct popcorn_pack_image *image = &expected.image[i];
        int fd = popcorn_pack_extract(pack, image->isa, &error);
        uint8_t *bytes = malloc(image->size_bytes);
        if (fd < 0 ||
            pread(fd, bytes, image->size_bytes, 0) !=
                (ssize_t)image->size_bytes ||
            memcmp(bytes, image->bytes, image->size_bytes) != 0) {
            fail("extract", i);
        }
        free(bytes);
        close(fd);
    }
    if (popcorn_pack_extract(pack, "sparc", &error) != -ENOENT ||
        strstr(error.text, "it has: x86_64") == NULL) {
        fail("extract of a missing ISA", 0);
    }
}

int main(int argc, char **argv)
{
    struct popcorn_error error = {0};
    struct popcorn_pack *pack;
    struct elf_view view;
    Elf64_Shdr manifest;
    if (argc != 2 || elf_map_file(argv[1], &original, &size_bytes, &error) ||
        popcorn_pack_open(argv[1], &pack, &error) != 0 ||
        elf_view_open(&view, argv[1], original, size_bytes, &error) != 0) {
        fprintf(stderr, "%s\n", argc == 2 ? error.text : "usage: FILE");
        return 1;
    }
    expected = *popcorn_pack_info(pack);
    extract_all(pack);
    damaged = malloc(size_bytes);
    memcpy(damaged, original, size_bytes);
    for (uint64_t length = 0; length < size_bytes; length += 1499) {
        truncate_to(length);
    }
    for (uint64_t back = 1; back < 70; back++) {
        truncate_to(size_bytes - back);
        truncate_to(back);
    }
    elf_view_find(&view, POPCORN_MANIFEST_SECTION, &manifest);
    for (uint64_t i = 0; i < manifest.sh_size; i++) {
        flip(manifest.sh_offset + i, true);
    }
    flip_images(&view);
    for (uint64_t i = 0; i < 64; i++) {
        flip(i, false);
    }
    for (uint64_t i = 0; i < view.header.e_shnum * sizeof(Elf64_Shdr); i += 3) {
        flip(view.header.e_shoff + i, false);
    }
    for (uint64_t i = 0; i < view.header.e_phnum * sizeof(Elf64_Phdr); i += 3) {
        flip(view.header.e_phoff + i, false);
    }
    overwrite_at_random(1);
    popcorn_pack_close(pack);
    free(damaged);
    munmap((void *)original, size_bytes);
    printf("%lu opens, %u failures\n", opens, failures);
    return failures != 0;
}
