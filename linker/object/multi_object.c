/* Reads a multi-ISA object. See multi_object.h. */
#include "linker/object/multi_object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/object/record.h"

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool multi_object_carries(const char *section_name)
{
    return strcmp(section_name, MULTI_OBJECT_RECORD_SECTION) == 0 ||
           starts_with(section_name, MULTI_OBJECT_ISA_SECTION);
}

static bool is_bitcode(const uint8_t *bytes, uint64_t size_bytes)
{
    return size_bytes >= 4 && (memcmp(bytes, "BC\xc0\xde", 4) == 0 ||
                               memcmp(bytes, "\xde\xc0\x17\x0b", 4) == 0);
}

/* Of a file without a record. */
static int refuse_foreign(const struct elf_view *view,
                          struct popcorn_error *error)
{
    unsigned type = view->header.e_type;
    return elf_fail(
        error, -ENOEXEC, "%s: %s", view->name,
        type == ET_DYN ? "a shared object; programs are linked statically: "
                         "build the library as an archive with "
                         "CC=popcorn-clang AR=popcorn-ar"
        : type == ET_EXEC
            ? "a program, which cannot be linked into another"
            : "a native object (ELF), made by another compiler; compile its "
              "source with popcorn-clang, or with popcorn-clang "
              "-popcorn-native if it has to be native");
}

static int open_host(struct elf_view *view, const char *name,
                     const uint8_t *bytes, uint64_t size_bytes,
                     struct popcorn_error *error)
{
    if (is_bitcode(bytes, size_bytes)) {
        return elf_fail(error, -ENOEXEC,
                        "%s: bitcode: it was compiled with -flto; link with "
                        "-flto, or compile its source without",
                        name);
    }
    if (size_bytes < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG) != 0) {
        return elf_fail(error, -ENOEXEC,
                        "%s: not an object, an archive or a C source (known "
                        "by its .c or -x c)",
                        name);
    }
    return elf_view_open(view, name, bytes, size_bytes, error);
}

static int open_part(struct multi_object *object,
                     const struct record_part *part,
                     struct popcorn_error *error)
{
    Elf64_Shdr section;
    char name[sizeof(MULTI_OBJECT_ISA_SECTION) + MULTI_OBJECT_ISA_BYTES];
    const struct elf_view *host = &object->part[0].view;
    struct elf_view *view = &object->part[object->part_count].view;
    snprintf(name, sizeof(name), MULTI_OBJECT_ISA_SECTION "%s", part->isa);
    const uint8_t *bytes = elf_view_find(host, name, &section) != 0
                               ? elf_view_data(host, &section)
                               : NULL;
    if (bytes == NULL || section.sh_size != part->size_bytes) {
        return elf_fail(error, -EBADMSG,
                        "%s: truncated or corrupt: its part for %s is not "
                        "whole",
                        object->name, part->isa);
    }
    if (record_hash(bytes, section.sh_size) != part->hash) {
        return elf_fail(error, -EBADMSG,
                        "%s: corrupt: its part for %s has changed since it "
                        "was made",
                        object->name, part->isa);
    }
    memcpy(object->part[object->part_count].isa, part->isa, sizeof(part->isa));
    object->part_count++;
    int result =
        elf_view_open(view, object->name, bytes, section.sh_size, error);
    return result == 0 && view->header.e_type != ET_REL
               ? elf_fail(error, -EBADMSG,
                          "%s: corrupt: its part for %s is no object",
                          object->name, part->isa)
               : result;
}

int multi_object_open(struct multi_object *object, const char *name,
                      const void *bytes, uint64_t size_bytes,
                      struct popcorn_error *error)
{
    Elf64_Shdr section;
    struct record record;
    *object = (struct multi_object){.name = name};
    struct elf_view *host = &object->part[0].view;
    int result = open_host(host, name, bytes, size_bytes, error);
    if (result != 0) {
        return result;
    }
    if (host->header.e_type != ET_REL ||
        elf_view_find(host, MULTI_OBJECT_RECORD_SECTION, &section) == 0) {
        return refuse_foreign(host, error);
    }
    const uint8_t *text = elf_view_data(host, &section);
    if (text == NULL) {
        return elf_fail(error, -EBADMSG,
                        "%s: truncated or corrupt: its record is outside the "
                        "file",
                        name);
    }
    result = record_read(object, &record, text, section.sh_size, error);
    memcpy(object->part[0].isa, record.host, sizeof(record.host));
    object->part_count = 1;
    for (unsigned i = 0; i < record.part_count && result == 0; i++) {
        result = open_part(object, &record.part[i], error);
    }
    if (result != 0) {
        multi_object_close(object);
    }
    return result;
}

void multi_object_close(struct multi_object *object)
{
    free(object->facts);
    free(object->text);
    object->facts = NULL;
    object->text = NULL;
    object->fact_count = 0;
}

const struct elf_view *multi_object_find(const struct multi_object *object,
                                         const char *isa)
{
    for (unsigned i = 0; i < object->part_count; i++) {
        if (strcmp(object->part[i].isa, isa) == 0) {
            return &object->part[i].view;
        }
    }
    return NULL;
}
