/* Writes a multi-ISA object: the host part's bytes stay where they are; parts,
 * record, section names and section headers are appended.  What is to be
 * written is opened with the reader before it is. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/object/multi_object.h"
#include "linker/object/record.h"
#include "linker/pack/output.h"
#include "runtime/base/align.h"

#define PART_ALIGN 8

struct buffer {
    uint8_t *bytes;
    uint64_t size_bytes;
};

/* The buffers are large enough. */
static uint64_t append(struct buffer *out, uint64_t align, const void *bytes,
                       uint64_t size_bytes)
{
    uint64_t at = round_up(out->size_bytes, align);
    if (size_bytes != 0) {
        memcpy(out->bytes + at, bytes, size_bytes);
    }
    out->size_bytes = at + size_bytes;
    return at;
}

static char *make_record(const struct multi_object_part *parts, unsigned count,
                         unsigned host_index, const char *facts,
                         uint64_t facts_bytes, size_t *bytes)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, bytes);
    if (out == NULL) {
        return NULL;
    }
    fprintf(out, "popcorn-module %d\nabi %d\nhost %s\n", MULTI_OBJECT_VERSION,
            POPCORN_ABI_VERSION, parts[host_index].isa);
    for (unsigned i = 0; i < count; i++) {
        if (i != host_index) {
            fprintf(out, "isa %s %" PRIu64 " %016" PRIx64 "\n", parts[i].isa,
                    parts[i].size_bytes,
                    record_hash(parts[i].bytes, parts[i].size_bytes));
        }
    }
    fwrite(facts, 1, facts_bytes, out);
    fputs("end\n", out);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static void add_section(struct buffer *file, struct buffer *names,
                        struct buffer *sections, const char *name,
                        const void *bytes, uint64_t size_bytes)
{
    Elf64_Shdr header = {.sh_type = SHT_PROGBITS,
                         .sh_flags = SHF_EXCLUDE,
                         .sh_size = size_bytes,
                         .sh_addralign = PART_ALIGN};
    header.sh_name = (Elf64_Word)append(names, 1, name, strlen(name) + 1);
    header.sh_offset = append(file, PART_ALIGN, bytes, size_bytes);
    append(sections, 1, &header, sizeof(header));
}

/* A header table at the file's end need not stay there a second time. */
static uint64_t bytes_before_headers(const struct elf_view *host)
{
    uint64_t table = host->header.e_shnum * sizeof(Elf64_Shdr);
    return host->header.e_shoff + table == host->size_bytes
               ? host->header.e_shoff
               : host->size_bytes;
}

static void build(const struct elf_view *host,
                  const struct multi_object_part *parts, unsigned count,
                  unsigned host_index, const char *record, size_t record_bytes,
                  struct buffer *file, struct buffer *names,
                  struct buffer *sections)
{
    Elf64_Shdr strings = {0};
    Elf64_Ehdr header = host->header;
    append(file, 1, host->bytes, bytes_before_headers(host));
    elf_view_section(host, header.e_shstrndx, &strings);
    append(names, 1, elf_view_data(host, &strings), strings.sh_size);
    append(sections, 1, host->bytes + header.e_shoff,
           header.e_shnum * sizeof(Elf64_Shdr));
    for (unsigned i = 0; i < count; i++) {
        char name[sizeof(MULTI_OBJECT_ISA_SECTION) + MULTI_OBJECT_ISA_BYTES];
        if (i != host_index) {
            snprintf(name, sizeof(name), MULTI_OBJECT_ISA_SECTION "%s",
                     parts[i].isa);
            add_section(file, names, sections, name, parts[i].bytes,
                        parts[i].size_bytes);
        }
    }
    add_section(file, names, sections, MULTI_OBJECT_RECORD_SECTION, record,
                record_bytes);
    strings.sh_size = names->size_bytes;
    strings.sh_offset = append(file, 1, names->bytes, names->size_bytes);
    memcpy(sections->bytes + header.e_shstrndx * sizeof(strings), &strings,
           sizeof(strings));
    header.e_shoff = append(file, 8, sections->bytes, sections->size_bytes);
    header.e_shnum = (Elf64_Half)(sections->size_bytes / sizeof(Elf64_Shdr));
    memcpy(file->bytes, &header, sizeof(header));
}

static int check_parts(const struct multi_object_part *parts, unsigned count,
                       unsigned host_index, struct elf_view *host,
                       struct popcorn_error *error)
{
    Elf64_Shdr names;
    if (count == 0 || count > MULTI_OBJECT_MAX_PARTS || host_index >= count) {
        return elf_fail(error, -EINVAL, "%u parts make no multi-ISA object",
                        count);
    }
    for (unsigned i = 0; i < count; i++) {
        if (parts[i].isa[0] == '\0' ||
            strlen(parts[i].isa) >= MULTI_OBJECT_ISA_BYTES) {
            return elf_fail(error, -EINVAL, "bad ISA name '%s'", parts[i].isa);
        }
    }
    int result =
        elf_view_open(host, parts[host_index].isa, parts[host_index].bytes,
                      parts[host_index].size_bytes, error);
    if (result == 0 &&
        (host->header.e_type != ET_REL ||
         !elf_view_section(host, host->header.e_shstrndx, &names) ||
         elf_view_data(host, &names) == NULL)) {
        result = elf_fail(error, -EBADMSG,
                          "%s: the host part is no relocatable object",
                          parts[host_index].isa);
    }
    return result;
}

static int check_and_write(const char *path, const struct buffer *file,
                           struct popcorn_error *error)
{
    struct multi_object object;
    int result =
        multi_object_open(&object, path, file->bytes, file->size_bytes, error);
    if (result == 0) {
        multi_object_close(&object);
        result = output_write(path, file->bytes, file->size_bytes, 0666, error);
    }
    return result;
}

int multi_object_write(const char *path, const struct multi_object_part *parts,
                       unsigned count, unsigned host_index, const char *facts,
                       uint64_t facts_bytes, struct popcorn_error *error)
{
    struct elf_view host;
    size_t record_bytes = 0;
    int result = check_parts(parts, count, host_index, &host, error);
    if (result != 0) {
        return result;
    }
    char *record = make_record(parts, count, host_index, facts, facts_bytes,
                               &record_bytes);
    uint64_t extra = host.size_bytes + (count + 2) * 256;
    uint64_t total = 3 * extra + record_bytes;
    for (unsigned i = 0; i < count; i++) {
        total += parts[i].size_bytes + PART_ALIGN;
    }
    struct buffer names = {calloc(1, extra), 0};
    struct buffer sections = {calloc(1, extra), 0};
    struct buffer file = {calloc(1, total), 0};
    if (record == NULL || names.bytes == NULL || sections.bytes == NULL ||
        file.bytes == NULL) {
        result = elf_fail(error, -ENOMEM, "%s: out of memory", path);
    } else {
        build(&host, parts, count, host_index, record, record_bytes, &file,
              &names, &sections);
        result = check_and_write(path, &file, error);
    }
    free(record);
    free(names.bytes);
    free(sections.bytes);
    free(file.bytes);
    return result;
}
