/* Fuzz target: popcorn-framemap on an image whose stack maps, call-frame
 * information, symbols or section headers are damaged.
 *
 * What it may do: end with its message, or make frame maps that the run-time
 * decoder reads completely and without a contradiction.  exit() is replaced,
 * so that a message does not end the fuzzer; memory is given up with it.
 *
 * The seeds are the sample images of tests/unit/runtime/stack.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "linker/framemap/framemap.h"
#include "runtime/stack/frame_maps.h"
#include "tests/fuzz/fuzz.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size_bytes, size_t max_bytes);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size_bytes,
                               size_t max_bytes, unsigned seed);
_Noreturn void fuzz_exit(int status);

static jmp_buf ended;
static int image_file;
static char image_path[64];

void fuzz_exit(int status)
{
    longjmp(ended, status == 1 ? 1 : 2);
}

void fuzz_start(void)
{
    image_file = memfd_create("image", MFD_CLOEXEC);
    snprintf(image_path, sizeof image_path, "/proc/self/fd/%d", image_file);
}

/* The section a mutation falls on; its place in the file, or 0 bytes. */
static size_t choose_section(const uint8_t *data, size_t size_bytes,
                             unsigned seed, size_t *start)
{
    Elf64_Ehdr header;
    Elf64_Shdr section;

    if (size_bytes < sizeof header) {
        return 0;
    }
    memcpy(&header, data, sizeof header);
    if (header.e_shnum == 0 || header.e_shoff > size_bytes ||
        (size_bytes - header.e_shoff) / sizeof section < header.e_shnum) {
        return 0;
    }
    if (seed % 8 == 0) { /* the section headers themselves */
        *start = header.e_shoff;
        return header.e_shnum * sizeof section;
    }
    memcpy(&section,
           data + header.e_shoff + seed / 8 % header.e_shnum * sizeof section,
           sizeof section);
    /* Code and the names of sections decide nothing here. */
    if (section.sh_type != SHT_NOBITS && !(section.sh_flags & SHF_EXECINSTR) &&
        section.sh_offset <= size_bytes &&
        section.sh_size <= size_bytes - section.sh_offset) {
        *start = section.sh_offset;
        return section.sh_size;
    }
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size_bytes,
                               size_t max_bytes, unsigned seed)
{
    size_t start = 0;
    size_t length = choose_section(data, size_bytes, seed, &start);

    if (seed % 64 == 63 || length == 0) {
        return LLVMFuzzerMutate(data, size_bytes, max_bytes);
    }
    /* In place: what follows stays where it is. */
    LLVMFuzzerMutate(data + start, length, length);
    return size_bytes;
}

static void check_site(const struct frame_maps *maps, uint32_t number)
{
    struct frame_site site, found;
    struct frame_unwind unwind;
    struct location_cursor cursor;
    struct frame_location location;

    MUST(frame_maps_entry(maps, number, &site) == 0);
    MUST(frame_maps_find_pc(maps, site.pc, &found) == 0);
    MUST(found.call_site == site.call_site && found.token == site.token);
    MUST(frame_maps_find_id(maps, site.call_site, &found) == 0);
    MUST(found.call_site == site.call_site && found.pc <= site.pc);
    MUST(frame_unwind_read(maps, site.unwind, &unwind) == 0);
    MUST(frame_locations_begin(maps, site.locations, &cursor) == 0);
    while (cursor.left != 0) {
        MUST(frame_locations_next(&cursor, &location) == 0);
    }
}

static void make(struct image *image, const struct isa *isa)
{
    struct encoding_stats stats = {0};
    struct popcorn_error error = {0};
    struct frame_maps maps;
    size_t size_bytes;
    uint8_t *blob;

    image_open(image, image_path, isa);
    image_read_stack_maps(image);
    read_unwind_rules(image);
    check_sites(image);
    blob = encode(image, &size_bytes, &stats);
    MUST(frame_maps_open(&maps, isa, blob, size_bytes, &error) == 0);
    for (uint32_t i = 0; i < maps.site_count; i++) {
        check_site(&maps, i);
    }
    free(blob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    static struct image image;
    int status;

    MUST(ftruncate(image_file, 0) == 0);
    MUST(pwrite(image_file, data, size_bytes, 0) == (ssize_t)size_bytes);
    memset(&image, 0, sizeof image);
    image.file = -1;
    status = setjmp(ended);
    if (status == 0) {
        make(&image, popcorn_isas[size_bytes > 18 && data[18] == EM_AARCH64]);
    }
    MUST(status != 2);
    end_unwind_rules(&image); /* much, where a number is large */
    if (image.elf != NULL) {
        elf_end(image.elf);
    }
    if (image.file >= 0) {
        close(image.file);
    }
    return 0;
}

void fuzz_seeds(void)
{
    char command[4096];

    snprintf(command, sizeof command,
             "'" FUZZ_SOURCE "/tests/fuzz/framemap_seeds.sh' '%s'",
             fuzz_seed_folder());
    MUST(system(command) == 0);
}
