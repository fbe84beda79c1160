/* Fuzz target: the reader of multi-ISA binaries (linker/pack/pack_read.c).
 *
 * Checksums are made right, if the input asks for it, so that what is behind
 * them is reached.  Of what is opened every image lies in the file, its name is
 * a string, and it can be extracted.
 *
 * Input: 1: checksums are made right; the file. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "linker/pack/digest.h"
#include "linker/pack/elf_view.h"
#include "linker/pack/manifest.h"
#include "linker/pack/pack.h"
#include "tests/fuzz/fuzz.h"

void fuzz_start(void) {}

/* The checksum of one image, as its record and the file now are. */
static void mend_image(const struct elf_view *view,
                       struct popcorn_manifest_image *record)
{
    struct popcorn_error error = {0};
    char name[sizeof POPCORN_IMAGE_SECTION + sizeof record->isa];
    const uint8_t *bytes = NULL;
    Elf64_Shdr section;

    if (record->flags & POPCORN_MANIFEST_HOST) {
        digest_loadable(view, record->sha256, &error);
        return;
    }
    snprintf(name, sizeof name, "%s%.16s", POPCORN_IMAGE_SECTION, record->isa);
    if (elf_view_find(view, name, &section) != 0) {
        bytes = elf_view_data(view, &section);
    }
    if (bytes != NULL) {
        digest_bytes(bytes, section.sh_size, record->sha256);
    }
}

static void mend(uint8_t *file, size_t size_bytes)
{
    struct popcorn_manifest_header header;
    struct popcorn_manifest_image record;
    struct popcorn_error error = {0};
    struct elf_view view;
    Elf64_Shdr section;
    uint8_t *manifest, *records;

    if (elf_view_open(&view, "fuzz", file, size_bytes, &error) != 0 ||
        elf_view_find(&view, POPCORN_MANIFEST_SECTION, &section) == 0 ||
        elf_view_data(&view, &section) == NULL ||
        section.sh_size < sizeof header) {
        return;
    }
    manifest = file + section.sh_offset;
    records = manifest + sizeof header;
    for (size_t at = 0; at + sizeof record <= section.sh_size - sizeof header;
         at += sizeof record) {
        memcpy(&record, records + at, sizeof record);
        mend_image(&view, &record);
        memcpy(records + at, &record, sizeof record);
    }
    memcpy(&header, manifest, sizeof header);
    memset(header.sha256, 0, sizeof header.sha256);
    memcpy(manifest, &header, sizeof header);
    digest_bytes(manifest, section.sh_size, header.sha256);
    memcpy(manifest, &header, sizeof header);
}

static void check(const struct popcorn_pack *pack, const uint8_t *file,
                  size_t size_bytes)
{
    const struct popcorn_pack_info *info = popcorn_pack_info(pack);

    MUST(info->image_count >= 1 &&
         info->image_count <= POPCORN_PACK_MAX_IMAGES);
    MUST(memchr(info->popcorn_version, 0, sizeof info->popcorn_version));
    for (unsigned i = 0; i < info->image_count; i++) {
        const struct popcorn_pack_image *image = &info->image[i];
        struct popcorn_error error = {0};
        struct stat status;
        int fd;

        MUST(memchr(image->isa, 0, sizeof image->isa) != NULL);
        MUST(image->is_host == (i == 0));
        MUST(image->offset <= size_bytes &&
             image->size_bytes <= size_bytes - image->offset);
        MUST(image->bytes == file + image->offset);
        MUST(popcorn_pack_find(pack, image->isa) == image);
        fd = popcorn_pack_extract(pack, image->isa, &error);
        MUST(fd >= 0 && fstat(fd, &status) == 0);
        MUST((uint64_t)status.st_size == image->size_bytes);
        close(fd);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    struct fuzz_input input = {data, size_bytes};
    int right = fuzz_byte(&input) == 1;
    struct popcorn_error error = {0};
    struct popcorn_pack *pack;
    uint8_t *file = malloc(input.left + 1);
    size_t file_bytes = input.left;

    memcpy(file, input.next, file_bytes);
    /* Exactly as long: the sanitizer sees one byte more. */
    file = realloc(file, file_bytes == 0 ? 1 : file_bytes);
    if (right) {
        mend(file, file_bytes);
    }
    if (popcorn_pack_open_memory("fuzz", file, file_bytes, &pack, &error) ==
        0) {
        check(pack, file, file_bytes);
        popcorn_pack_extract(pack, "no such", &error);
        popcorn_pack_close(pack);
    } else {
        MUST(error.text[0] != '\0');
    }
    free(file);
    return 0;
}

/* The smallest executable: one segment, the section names. */
struct small_image {
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    Elf64_Shdr section[2];
    char names[16];
};

static struct small_image small_image(uint16_t machine)
{
    struct small_image image = {
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB,
                               EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_machine = machine,
                   .e_version = EV_CURRENT,
                   .e_entry = 0x10010000,
                   .e_phoff = offsetof(struct small_image, segment),
                   .e_shoff = offsetof(struct small_image, section),
                   .e_ehsize = sizeof(Elf64_Ehdr),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = 1,
                   .e_shentsize = sizeof(Elf64_Shdr),
                   .e_shnum = 2,
                   .e_shstrndx = 1},
        .segment = {.p_type = PT_LOAD,
                    .p_offset = offsetof(struct small_image, names),
                    .p_vaddr = 0x10010000,
                    .p_filesz = sizeof image.names,
                    .p_memsz = sizeof image.names},
        .section = {[1] = {.sh_name = 1,
                           .sh_type = SHT_STRTAB,
                           .sh_offset = offsetof(struct small_image, names),
                           .sh_size = sizeof image.names}},
        .names = "\0.shstrtab"};

    return image;
}

void fuzz_seeds(void)
{
    static uint8_t bytes[16384] = {1};
    const struct small_image x86_64 = small_image(EM_X86_64);
    const struct small_image aarch64 = small_image(EM_AARCH64);
    const struct popcorn_pack_input images[] = {
        {"x86_64", &x86_64, sizeof x86_64},
        {"aarch64", &aarch64, sizeof aarch64}};
    const uint8_t hash[32] = {0};
    struct popcorn_error error = {0};
    char path[4096];
    FILE *file;

    for (unsigned count = 1; count <= 2; count++) {
        snprintf(path, sizeof path, "%s/seed-%u", fuzz_seed_folder(), count);
        MUST(popcorn_pack_write(path, images, count, hash, hash, &error) == 0);
        file = fopen(path, "r");
        MUST(file != NULL);
        fuzz_seed(count == 1 ? "1" : "2", bytes,
                  1 + fread(bytes + 1, 1, sizeof bytes - 1, file));
        fclose(file);
        chmod(path, 0644);
    }
}
