/* Writes a multi-ISA binary.
 *
 * The host image's bytes stay where they are (segments are loaded by offset);
 * the other images, the manifest, a new section-name table and a new section
 * header table are appended, and three fields of the ELF header point to them.
 * What was written is opened again with the reader before it takes its name.
 */
#include "linker/pack/pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/pack/buffer.h"
#include "linker/pack/digest.h"
#include "linker/pack/elf_view.h"
#include "linker/pack/manifest.h"
#include "linker/pack/output.h"
#include "runtime/base/align.h"

#define IMAGE_ALIGN 16

static int make_manifest(const struct popcorn_pack_input *input, unsigned count,
                         const uint8_t *program_id, const uint8_t *layout_hash,
                         struct buffer *manifest, struct popcorn_error *error)
{
    struct popcorn_manifest_header header = {
        .format_version = POPCORN_MANIFEST_VERSION,
        .image_count = count,
        .abi_version = POPCORN_ABI_VERSION,
        .popcorn_version = POPCORN_VERSION,
    };
    memcpy(header.magic, POPCORN_MANIFEST_MAGIC, sizeof(header.magic));
    memcpy(header.program_id, program_id, sizeof(header.program_id));
    memcpy(header.layout_hash, layout_hash, sizeof(header.layout_hash));
    header.total_bytes =
        (uint32_t)(sizeof(header) +
                   count * sizeof(struct popcorn_manifest_image));
    buffer_append(manifest, 1, &header, sizeof(header));
    for (unsigned i = 0; i < count; i++) {
        struct popcorn_manifest_image record = {
            .size_bytes = input[i].size_bytes,
            .flags = i == 0 ? POPCORN_MANIFEST_HOST : 0};
        struct elf_view view;
        int result = elf_view_open(&view, input[i].isa, input[i].bytes,
                                   input[i].size_bytes, error);
        if (result == 0) {
            result = i == 0 ? digest_loadable(&view, record.sha256, error)
                            : digest_bytes(input[i].bytes, input[i].size_bytes,
                                           record.sha256);
        }
        if (result != 0) {
            return elf_fail(error, result, "%s: cannot hash", input[i].isa);
        }
        snprintf(record.isa, sizeof(record.isa), "%s", input[i].isa);
        record.entry = view.header.e_entry;
        record.elf_machine = view.header.e_machine;
        buffer_append(manifest, 1, &record, sizeof(record));
    }
    struct popcorn_manifest_header *written = (void *)manifest->bytes;
    return digest_bytes(manifest->bytes, manifest->size_bytes, header.sha256) ==
                   0
               ? (memcpy(written->sha256, header.sha256, DIGEST_BYTES), 0)
               : elf_fail(error, -EIO, "libcrypto cannot compute SHA-256");
}

/* One more section of the host file: contents, header, name. */
static void add_section(struct buffer *file, Elf64_Shdr *header,
                        struct buffer *names, const char *name, uint64_t align,
                        const void *bytes, uint64_t size_bytes)
{
    *header = (Elf64_Shdr){
        .sh_type = SHT_PROGBITS, .sh_addralign = align, .sh_size = size_bytes};
    header->sh_name =
        (Elf64_Word)buffer_append(names, 1, name, strlen(name) + 1);
    header->sh_offset = buffer_append(file, align, bytes, size_bytes);
}

/* Appends everything after the host image. The buffers are large enough. */
static void build(const struct elf_view *host,
                  const struct popcorn_pack_input *input, unsigned count,
                  const struct buffer *manifest, struct buffer *file,
                  struct buffer *names, struct buffer *sections)
{
    Elf64_Shdr shstrtab = {0};
    Elf64_Ehdr header = host->header;
    buffer_append(file, 1, host->bytes, host->size_bytes);
    elf_view_section(host, host->header.e_shstrndx, &shstrtab);
    buffer_append(names, 1, elf_view_data(host, &shstrtab), shstrtab.sh_size);
    buffer_append(sections, 1, host->bytes + header.e_shoff,
                  header.e_shnum * sizeof(Elf64_Shdr));
    Elf64_Shdr section;
    for (unsigned i = 1; i < count; i++) {
        char name[sizeof(POPCORN_IMAGE_SECTION) + POPCORN_PACK_ISA_BYTES];
        snprintf(name, sizeof(name), "%s%s", POPCORN_IMAGE_SECTION,
                 input[i].isa);
        add_section(file, &section, names, name, IMAGE_ALIGN, input[i].bytes,
                    input[i].size_bytes);
        buffer_append(sections, 1, &section, sizeof(section));
    }
    add_section(file, &section, names, POPCORN_MANIFEST_SECTION, IMAGE_ALIGN,
                manifest->bytes, manifest->size_bytes);
    buffer_append(sections, 1, &section, sizeof(section));
    shstrtab.sh_size = names->size_bytes;
    shstrtab.sh_offset =
        buffer_append(file, 1, names->bytes, names->size_bytes);
    memcpy(sections->bytes + header.e_shstrndx * sizeof(shstrtab), &shstrtab,
           sizeof(shstrtab));
    header.e_shoff =
        buffer_append(file, 8, sections->bytes, sections->size_bytes);
    header.e_shnum = (Elf64_Half)(sections->size_bytes / sizeof(Elf64_Shdr));
    memcpy(file->bytes, &header, sizeof(header));
}

static int check_input(const struct popcorn_pack_input *input, unsigned count,
                       struct elf_view *host, struct popcorn_error *error)
{
    Elf64_Shdr names;
    if (count == 0 || count > POPCORN_PACK_MAX_IMAGES) {
        return elf_fail(error, -EINVAL, "%u images cannot be packed", count);
    }
    for (unsigned i = 0; i < count; i++) {
        if (input[i].isa[0] == '\0' ||
            strlen(input[i].isa) >= POPCORN_PACK_ISA_BYTES) {
            return elf_fail(error, -EINVAL, "bad ISA name '%s'", input[i].isa);
        }
    }
    int result = elf_view_open(host, input[0].isa, input[0].bytes,
                               input[0].size_bytes, error);
    if (result == 0 &&
        (!elf_view_section(host, host->header.e_shstrndx, &names) ||
         elf_view_data(host, &names) == NULL)) {
        result = elf_fail(error, -EBADMSG, "%s: the image has no section names",
                          input[0].isa);
    }
    return result;
}

static int write_and_check(const char *path, const struct buffer *file,
                           struct popcorn_error *error)
{
    struct popcorn_pack *pack = NULL;
    int result = popcorn_pack_open_memory(path, file->bytes, file->size_bytes,
                                          &pack, error);
    popcorn_pack_close(pack);
    return result == 0
               ? output_write(path, file->bytes, file->size_bytes, 0777, error)
               : result;
}

int popcorn_pack_write(const char *path, const struct popcorn_pack_input *input,
                       unsigned count, const uint8_t *program_id,
                       const uint8_t *layout_hash, struct popcorn_error *error)
{
    struct elf_view host;
    int result = check_input(input, count, &host, error);
    if (result != 0) {
        return result;
    }
    uint64_t extra = (count + 2) * 256 + 4096;
    uint64_t total = 2 * host.size_bytes + extra;
    for (unsigned i = 1; i < count; i++) {
        total += input[i].size_bytes + IMAGE_ALIGN;
    }
    struct buffer manifest = {calloc(1, extra), 0};
    struct buffer names = {calloc(1, host.size_bytes + extra), 0};
    struct buffer sections = {calloc(1, host.size_bytes + extra), 0};
    struct buffer file = {calloc(1, total + extra), 0};
    if (manifest.bytes == NULL || names.bytes == NULL ||
        sections.bytes == NULL || file.bytes == NULL) {
        result = elf_fail(error, -ENOMEM, "%s: out of memory", path);
        goto out;
    }
    result =
        make_manifest(input, count, program_id, layout_hash, &manifest, error);
    if (result == 0) {
        build(&host, input, count, &manifest, &file, &names, &sections);
        result = write_and_check(path, &file, error);
    }
out:
    free(manifest.bytes);
    free(names.bytes);
    free(sections.bytes);
    free(file.bytes);
    return result;
}
