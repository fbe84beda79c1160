/* Opens a multi-ISA binary and checks all of it before anyone uses any of it.
 *
 * Order of the checks: ELF, manifest bounds, manifest hash, version, records,
 * then each image: section present, size, hash, ELF header.  So what a later
 * step reads has been covered by an earlier one.
 */
#include "linker/pack/pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "linker/pack/digest.h"
#include "linker/pack/elf_view.h"
#include "linker/pack/manifest.h"

#define REBUILD "link the program again with popcorn-clang"

struct popcorn_pack {
    struct elf_view file;
    struct popcorn_pack_info info;
    void *mapping; /* NULL: the caller's memory */
    uint64_t mapping_bytes;
};

static int corrupt(const struct popcorn_pack *pack, struct popcorn_error *error,
                   const char *what)
{
    return elf_fail(error, -EBADMSG,
                    "%s: truncated or corrupt multi-ISA binary: %s; " REBUILD,
                    pack->file.name, what);
}

static bool terminated(const char *text, size_t bytes)
{
    return memchr(text, '\0', bytes) != NULL;
}

/* Finds and copies the manifest header; *records is what follows it. */
static int read_header(const struct popcorn_pack *pack,
                       struct popcorn_manifest_header *header,
                       const uint8_t **records, struct popcorn_error *error)
{
    Elf64_Shdr section;
    if (elf_view_find(&pack->file, POPCORN_MANIFEST_SECTION, &section) == 0) {
        return elf_fail(error, -ENOEXEC,
                        "%s: not a multi-ISA binary (it has no "
                        "section " POPCORN_MANIFEST_SECTION "); " REBUILD,
                        pack->file.name);
    }
    const uint8_t *bytes = elf_view_data(&pack->file, &section);
    if (bytes == NULL || section.sh_size < sizeof(*header)) {
        return corrupt(pack, error, "the manifest is not complete");
    }
    memcpy(header, bytes, sizeof(*header));
    if (memcmp(header->magic, POPCORN_MANIFEST_MAGIC, 8) != 0) {
        return corrupt(pack, error, "the manifest has a bad magic number");
    }
    if (header->format_version != POPCORN_MANIFEST_VERSION) {
        return elf_fail(
            error, -EPROTO,
            "%s: manifest format %u, this Popcorn reads format %d; " REBUILD,
            pack->file.name, header->format_version, POPCORN_MANIFEST_VERSION);
    }
    uint64_t expected =
        sizeof(*header) +
        (uint64_t)header->image_count * sizeof(struct popcorn_manifest_image);
    if (header->image_count == 0 ||
        header->image_count > POPCORN_PACK_MAX_IMAGES ||
        header->total_bytes != expected || section.sh_size != expected) {
        return corrupt(pack, error, "the manifest's sizes disagree");
    }
    *records = bytes + sizeof(*header);
    return 0;
}

static int check_manifest_hash(const struct popcorn_pack *pack,
                               const struct popcorn_manifest_header *header,
                               const uint8_t *records,
                               struct popcorn_error *error)
{
    uint8_t copy[sizeof(*header) + POPCORN_PACK_MAX_IMAGES *
                                       sizeof(struct popcorn_manifest_image)];
    struct popcorn_manifest_header zeroed = *header;
    uint8_t digest[DIGEST_BYTES];
    memset(zeroed.sha256, 0, sizeof(zeroed.sha256));
    memcpy(copy, &zeroed, sizeof(zeroed));
    memcpy(copy + sizeof(zeroed), records,
           header->total_bytes - sizeof(zeroed));
    if (digest_bytes(copy, header->total_bytes, digest) != 0) {
        return elf_fail(error, -EIO, "libcrypto cannot compute SHA-256");
    }
    if (memcmp(digest, header->sha256, DIGEST_BYTES) != 0) {
        return corrupt(pack, error, "the manifest's checksum is wrong");
    }
    if (header->abi_version != POPCORN_ABI_VERSION) {
        return elf_fail(error, -EPROTO,
                        "%s: made for Popcorn ABI %u (by version %.31s), this "
                        "is ABI %d; " REBUILD,
                        pack->file.name, header->abi_version,
                        header->popcorn_version, POPCORN_ABI_VERSION);
    }
    if (!terminated(header->popcorn_version, sizeof(header->popcorn_version))) {
        return corrupt(pack, error, "the version is not a string");
    }
    return 0;
}

/* Points `image` at its bytes: the file, or its section. */
static int locate_image(const struct popcorn_pack *pack,
                        const struct popcorn_manifest_image *record,
                        struct popcorn_pack_image *image,
                        struct popcorn_error *error)
{
    char name[sizeof(POPCORN_IMAGE_SECTION) + POPCORN_PACK_ISA_BYTES];
    Elf64_Shdr section;
    if (image->is_host) {
        image->bytes = pack->file.bytes;
        image->size_bytes = pack->file.size_bytes;
        return 0;
    }
    snprintf(name, sizeof(name), "%s%s", POPCORN_IMAGE_SECTION, record->isa);
    if (elf_view_find(&pack->file, name, &section) == 0) {
        return corrupt(pack, error, "an image the manifest names is missing");
    }
    image->bytes = elf_view_data(&pack->file, &section);
    if (image->bytes == NULL || section.sh_size != record->size_bytes) {
        return corrupt(pack, error, "an image is not complete");
    }
    image->offset = section.sh_offset;
    image->size_bytes = section.sh_size;
    return 0;
}

static int check_image(const struct popcorn_pack *pack,
                       const struct popcorn_pack_image *image,
                       struct popcorn_error *error)
{
    struct elf_view view;
    uint8_t digest[DIGEST_BYTES];
    int result = image->is_host
                     ? digest_loadable(&pack->file, digest, error)
                     : digest_bytes(image->bytes, image->size_bytes, digest);
    if (result != 0) {
        return elf_fail(error, result, "libcrypto cannot compute SHA-256");
    }
    if (memcmp(digest, image->sha256, DIGEST_BYTES) != 0) {
        return elf_fail(error, -EBADMSG,
                        "%s: truncated or corrupt multi-ISA binary: the "
                        "checksum of the %s image is wrong; " REBUILD,
                        pack->file.name, image->isa);
    }
    result = elf_view_open(&view, pack->file.name, image->bytes,
                           image->size_bytes, error);
    if (result == 0 && (view.header.e_machine != image->elf_machine ||
                        view.header.e_entry != image->entry ||
                        view.header.e_type != ET_EXEC)) {
        result = corrupt(pack, error, "an image is not what the manifest says");
    }
    return result;
}

static int read_image(struct popcorn_pack *pack, unsigned index,
                      const uint8_t *records, struct popcorn_error *error)
{
    struct popcorn_manifest_image record;
    struct popcorn_pack_image *image = &pack->info.image[index];
    memcpy(&record, records + index * sizeof(record), sizeof(record));
    if (!terminated(record.isa, sizeof(record.isa)) || record.isa[0] == '\0' ||
        record.reserved != 0 || (record.flags & ~POPCORN_MANIFEST_HOST) != 0 ||
        ((record.flags & POPCORN_MANIFEST_HOST) != 0) != (index == 0)) {
        return corrupt(pack, error, "an image record is malformed");
    }
    if (popcorn_pack_find(pack, record.isa) != NULL) {
        return corrupt(pack, error, "an ISA occurs twice");
    }
    memcpy(image->isa, record.isa, sizeof(image->isa));
    memcpy(image->sha256, record.sha256, sizeof(image->sha256));
    image->elf_machine = record.elf_machine;
    image->entry = record.entry;
    image->is_host = index == 0;
    int result = locate_image(pack, &record, image, error);
    if (result == 0) {
        result = check_image(pack, image, error);
    }
    if (result == 0) {
        pack->info.image_count = index + 1;
    }
    return result;
}

static int read_all(struct popcorn_pack *pack, struct popcorn_error *error)
{
    struct popcorn_manifest_header header;
    const uint8_t *records = NULL;
    int result = read_header(pack, &header, &records, error);
    if (result == 0) {
        result = check_manifest_hash(pack, &header, records, error);
    }
    if (result != 0) {
        return result;
    }
    struct popcorn_pack_info *info = &pack->info;
    info->format_version = header.format_version;
    info->abi_version = header.abi_version;
    memcpy(info->popcorn_version, header.popcorn_version,
           sizeof(info->popcorn_version));
    memcpy(info->program_id, header.program_id, sizeof(info->program_id));
    memcpy(info->layout_hash, header.layout_hash, sizeof(info->layout_hash));
    for (unsigned i = 0; i < header.image_count && result == 0; i++) {
        result = read_image(pack, i, records, error);
    }
    return result;
}

int popcorn_pack_open_memory(const char *name, const void *bytes,
                             uint64_t size_bytes, struct popcorn_pack **out,
                             struct popcorn_error *error)
{
    struct popcorn_pack *pack = calloc(1, sizeof(*pack));
    *out = NULL;
    if (pack == NULL || (pack->file.name = strdup(name)) == NULL) {
        free(pack);
        return elf_fail(error, -ENOMEM, "%s: out of memory", name);
    }
    int result =
        elf_view_open(&pack->file, pack->file.name, bytes, size_bytes, error);
    if (result == 0) {
        result = read_all(pack, error);
    }
    if (result != 0) {
        popcorn_pack_close(pack);
        return result;
    }
    *out = pack;
    return 0;
}

int popcorn_pack_open(const char *path, struct popcorn_pack **pack,
                      struct popcorn_error *error)
{
    const uint8_t *bytes;
    uint64_t size_bytes;
    *pack = NULL;
    int result = elf_map_file(path, &bytes, &size_bytes, error);
    if (result != 0) {
        return result;
    }
    result = popcorn_pack_open_memory(path, bytes, size_bytes, pack, error);
    if (result != 0) {
        munmap((void *)bytes, size_bytes);
        return result;
    }
    (*pack)->mapping = (void *)bytes;
    (*pack)->mapping_bytes = size_bytes;
    return 0;
}

void popcorn_pack_close(struct popcorn_pack *pack)
{
    if (pack == NULL) {
        return;
    }
    if (pack->mapping != NULL) {
        munmap(pack->mapping, pack->mapping_bytes);
    }
    free((char *)pack->file.name);
    free(pack);
}

const struct popcorn_pack_info *
popcorn_pack_info(const struct popcorn_pack *pack)
{
    return &pack->info;
}

const struct popcorn_pack_image *
popcorn_pack_find(const struct popcorn_pack *pack, const char *isa)
{
    for (unsigned i = 0; i < pack->info.image_count; i++) {
        if (strcmp(pack->info.image[i].isa, isa) == 0) {
            return &pack->info.image[i];
        }
    }
    return NULL;
}

static int no_image(const struct popcorn_pack *pack, const char *isa,
                    struct popcorn_error *error)
{
    char list[POPCORN_PACK_MAX_IMAGES * (POPCORN_PACK_ISA_BYTES + 1)] = "";
    for (unsigned i = 0; i < pack->info.image_count; i++) {
        strcat(list, " ");
        strcat(list, pack->info.image[i].isa);
    }
    return elf_fail(error, -ENOENT, "%s: no image for %s; it has:%s",
                    pack->file.name, isa, list);
}

int popcorn_pack_extract(const struct popcorn_pack *pack, const char *isa,
                         struct popcorn_error *error)
{
    const struct popcorn_pack_image *image = popcorn_pack_find(pack, isa);
    if (image == NULL) {
        return no_image(pack, isa, error);
    }
    const char *slash = strrchr(pack->file.name, '/');
    int fd = memfd_create(slash ? slash + 1 : pack->file.name, MFD_CLOEXEC);
    if (fd < 0) {
        return elf_fail(error, -errno, "%s: cannot create a memfd: %s",
                        pack->file.name, strerror(errno));
    }
    for (uint64_t done = 0; done < image->size_bytes;) {
        ssize_t n = pwrite(fd, image->bytes + done, image->size_bytes - done,
                           (off_t)done);
        if (n <= 0) {
            int code = n == 0 ? -EIO : -errno;
            if (code == -EINTR) {
                continue;
            }
            close(fd);
            return elf_fail(error, code, "%s: cannot fill a memfd: %s",
                            pack->file.name, strerror(-code));
        }
        done += (uint64_t)n;
    }
    return fd;
}
