#include "linker/object/bundle.h"

#include <ar.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/object/carry.h"
#include "linker/pack/output.h"

static void put_header(FILE *out, const char *name, uint64_t size_bytes)
{
    fprintf(out, "%-16s%-12s%-6s%-6s%-8s%-10" PRIu64 ARFMAG, name, "0", "0",
            "0", "644", size_bytes);
}

static void put_file(FILE *out, const void *bytes, uint64_t size_bytes)
{
    fwrite(bytes, 1, size_bytes, out);
    if (size_bytes % 2 != 0) {
        fputc('\n', out);
    }
}

/* GNU's form: each name in the table of long ones. */
static char *make_archive(const struct bundle_member *members, unsigned count,
                          size_t *size_bytes)
{
    char *text = NULL, *names = NULL;
    size_t names_bytes = 0, at = 0;
    FILE *out = open_memstream(&names, &names_bytes);
    for (unsigned i = 0; out != NULL && i < count; i++) {
        fprintf(out, "%s/\n", members[i].name);
    }
    if (out == NULL || fclose(out) != 0 ||
        (out = open_memstream(&text, size_bytes)) == NULL) {
        free(names);
        return NULL;
    }
    fputs(ARMAG, out);
    put_header(out, "//", names_bytes);
    put_file(out, names, names_bytes);
    for (unsigned i = 0; i < count; i++) {
        char reference[24];
        snprintf(reference, sizeof(reference), "/%zu", at);
        at += strlen(members[i].name) + 2;
        put_header(out, reference, members[i].size_bytes);
        put_file(out, members[i].bytes, members[i].size_bytes);
    }
    free(names);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

int bundle_write(const char *path, const struct elf_view *host,
                 const struct bundle_member *members, unsigned count,
                 const char *library, uint64_t library_bytes,
                 struct popcorn_error *error)
{
    size_t archive_bytes = 0;
    uint64_t size_bytes = 0;
    char *archive = make_archive(members, count, &archive_bytes);
    struct carried_section sections[] = {
        {BUNDLE_SECTION, archive, archive_bytes},
        {BUNDLE_LIBRARY_SECTION, library, library_bytes}};
    uint8_t *file =
        archive != NULL
            ? carry(host, sections, library != NULL ? 2 : 1, &size_bytes)
            : NULL;
    int result = file == NULL
                     ? elf_fail(error, -ENOMEM, "%s: out of memory", path)
                     : output_write(path, file, size_bytes, 0666, error);
    free(file);
    free(archive);
    return result;
}

static const uint8_t *find(const struct elf_view *object, const char *name,
                           uint64_t *size_bytes)
{
    Elf64_Shdr section;
    if (elf_view_find(object, name, &section) == 0) {
        return NULL;
    }
    *size_bytes = section.sh_size;
    return elf_view_data(object, &section);
}

bool bundle_find(const struct elf_view *object, const uint8_t **bytes,
                 uint64_t *size_bytes)
{
    *bytes = find(object, BUNDLE_SECTION, size_bytes);
    return *bytes != NULL;
}

const char *bundle_library(const struct elf_view *object,
                           uint64_t *library_bytes)
{
    return (const char *)find(object, BUNDLE_LIBRARY_SECTION, library_bytes);
}
