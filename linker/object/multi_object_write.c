/* Writes a multi-ISA object: the host part carries the other parts and the record
 * (carry.c).  What is to be written is opened with the reader before it is. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/object/carry.h"
#include "linker/object/multi_object.h"
#include "linker/object/record.h"
#include "linker/pack/output.h"

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

static int check_and_write(const char *path, const uint8_t *bytes,
                           uint64_t size_bytes, struct popcorn_error *error)
{
    struct multi_object object;
    int result = multi_object_open(&object, path, bytes, size_bytes, error);
    if (result == 0) {
        multi_object_close(&object);
        result = output_write(path, bytes, size_bytes, 0666, error);
    }
    return result;
}

/* `name` is room for the names of all parts' sections. */
static unsigned carry_parts(
    const struct multi_object_part *parts, unsigned count, unsigned host_index,
    char name[][sizeof(MULTI_OBJECT_ISA_SECTION) + MULTI_OBJECT_ISA_BYTES],
    struct carried_section *sections)
{
    unsigned carried = 0;
    for (unsigned i = 0; i < count; i++) {
        if (i != host_index) {
            snprintf(name[i], sizeof(name[i]), MULTI_OBJECT_ISA_SECTION "%s",
                     parts[i].isa);
            sections[carried++] = (struct carried_section){
                name[i], parts[i].bytes, parts[i].size_bytes};
        }
    }
    return carried;
}

int multi_object_write(const char *path, const struct multi_object_part *parts,
                       unsigned count, unsigned host_index, const char *facts,
                       uint64_t facts_bytes, struct popcorn_error *error)
{
    struct elf_view host;
    size_t record_bytes = 0;
    uint64_t size_bytes = 0;
    struct carried_section sections[MULTI_OBJECT_MAX_PARTS + 1];
    char name[MULTI_OBJECT_MAX_PARTS]
             [sizeof(MULTI_OBJECT_ISA_SECTION) + MULTI_OBJECT_ISA_BYTES];
    int result = check_parts(parts, count, host_index, &host, error);
    if (result != 0) {
        return result;
    }
    char *record = make_record(parts, count, host_index, facts, facts_bytes,
                               &record_bytes);
    unsigned carried = carry_parts(parts, count, host_index, name, sections);
    sections[carried++] = (struct carried_section){MULTI_OBJECT_RECORD_SECTION,
                                                   record, record_bytes};
    uint8_t *file =
        record != NULL ? carry(&host, sections, carried, &size_bytes) : NULL;
    result = file == NULL ? elf_fail(error, -ENOMEM, "%s: out of memory", path)
                          : check_and_write(path, file, size_bytes, error);
    free(record);
    free(file);
    return result;
}
