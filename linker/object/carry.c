/* Section names and headers are written anew, behind what is carried. */
#include "linker/object/carry.h"
#include "linker/object/multi_object.h"

#include <stdlib.h>
#include <string.h>

#include "linker/pack/buffer.h"

#define CARRY_ALIGN 8

/* A header table at the file's end need not stay there a second time. */
static uint64_t bytes_before_headers(const struct elf_view *host)
{
    uint64_t table = host->header.e_shnum * sizeof(Elf64_Shdr);
    return host->header.e_shoff + table == host->size_bytes
               ? host->header.e_shoff
               : host->size_bytes;
}

/* Call-frame information is no debug information here: the frame maps are made
 * of it. */
static void rename_frames(const struct elf_view *host, struct buffer *names,
                          struct buffer *sections)
{
    Elf64_Shdr section;
    unsigned index = elf_view_find(host, ".debug_frame", &section);
    if (index != 0) {
        section.sh_name =
            (Elf64_Word)buffer_append(names, 1, MULTI_OBJECT_FRAME_SECTION,
                                      sizeof(MULTI_OBJECT_FRAME_SECTION));
        memcpy(sections->bytes + index * sizeof(section), &section,
               sizeof(section));
    }
}

static void build(const struct elf_view *host,
                  const struct carried_section *carried, unsigned count,
                  struct buffer *file, struct buffer *names,
                  struct buffer *sections)
{
    Elf64_Shdr strings = {0};
    Elf64_Ehdr header = host->header;
    buffer_append(file, 1, host->bytes, bytes_before_headers(host));
    elf_view_section(host, header.e_shstrndx, &strings);
    buffer_append(names, 1, elf_view_data(host, &strings), strings.sh_size);
    buffer_append(sections, 1, host->bytes + header.e_shoff,
                  header.e_shnum * sizeof(Elf64_Shdr));
    rename_frames(host, names, sections);
    for (unsigned i = 0; i < count; i++) {
        Elf64_Shdr section = {.sh_type = SHT_PROGBITS,
                              .sh_flags = SHF_EXCLUDE,
                              .sh_size = carried[i].size_bytes,
                              .sh_addralign = CARRY_ALIGN};
        section.sh_name = (Elf64_Word)buffer_append(
            names, 1, carried[i].name, strlen(carried[i].name) + 1);
        section.sh_offset = buffer_append(file, CARRY_ALIGN, carried[i].bytes,
                                          carried[i].size_bytes);
        buffer_append(sections, 1, &section, sizeof(section));
    }
    strings.sh_size = names->size_bytes;
    strings.sh_offset = buffer_append(file, 1, names->bytes, names->size_bytes);
    memcpy(sections->bytes + header.e_shstrndx * sizeof(strings), &strings,
           sizeof(strings));
    header.e_shoff =
        buffer_append(file, 8, sections->bytes, sections->size_bytes);
    header.e_shnum = (Elf64_Half)(sections->size_bytes / sizeof(Elf64_Shdr));
    memcpy(file->bytes, &header, sizeof(header));
}

uint8_t *carry(const struct elf_view *host,
               const struct carried_section *sections, unsigned count,
               uint64_t *size_bytes)
{
    uint64_t extra = host->size_bytes + (count + 2) * 256;
    uint64_t total = 3 * extra;
    for (unsigned i = 0; i < count; i++) {
        total += sections[i].size_bytes + CARRY_ALIGN;
    }
    struct buffer names = {calloc(1, extra), 0};
    struct buffer headers = {calloc(1, extra), 0};
    struct buffer file = {calloc(1, total), 0};
    if (names.bytes != NULL && headers.bytes != NULL && file.bytes != NULL) {
        build(host, sections, count, &file, &names, &headers);
    } else {
        free(file.bytes);
        file.bytes = NULL;
    }
    free(names.bytes);
    free(headers.bytes);
    *size_bytes = file.size_bytes;
    return file.bytes;
}
