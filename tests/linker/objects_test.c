/* Damages a multi-ISA object, or an archive of them, in every place, and reads it:
 * errors are fine, crashes are not (AddressSanitizer). Arguments: files; each must
 * be good undamaged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linker/object/archive.h"
#include "linker/object/multi_object.h"

static unsigned refused, accepted;

/* Uses all of an object: names, symbols, sections of each part. */
static uint64_t walk_object(const struct multi_object *object)
{
    uint64_t sum = object->sites + object->id[0];
    for (unsigned i = 0; i < object->fact_count; i++) {
        sum += strlen(object->facts[i].name);
    }
    for (unsigned i = 0; i < object->part_count; i++) {
        const struct elf_view *view = &object->part[i].view;
        struct popcorn_error error = {0};
        struct elf_symbols symbols;
        Elf64_Shdr section;
        if (elf_view_symbols(view, &symbols, &error) != 0) {
            continue;
        }
        for (uint64_t k = 1; k < symbols.count; k++) {
            Elf64_Sym symbol = elf_symbol(&symbols, k);
            sum += strlen(elf_symbol_name(&symbols, &symbol));
        }
        for (unsigned k = 1; elf_view_section(view, k, &section); k++) {
            const uint8_t *data = elf_view_data(view, &section);
            sum += strlen(elf_view_section_name(view, &section));
            sum += data != NULL && section.sh_size != 0
                       ? data[section.sh_size - 1]
                       : 0;
        }
    }
    return sum;
}

static int read_object(const uint8_t *bytes, uint64_t size_bytes)
{
    struct popcorn_error error = {0};
    struct multi_object object;
    int result =
        multi_object_open(&object, "object", bytes, size_bytes, &error);
    if (result == 0) {
        walk_object(&object);
        multi_object_close(&object);
    } else if (error.text[0] == '\0') {
        printf("FAILED: an error without a message\n");
        exit(1);
    }
    return result;
}

static int read_archive(const uint8_t *bytes, uint64_t size_bytes)
{
    struct popcorn_error error = {0};
    struct archive archive;
    struct archive_symbol *symbols = NULL;
    uint64_t count = 0;
    uint64_t members = 0;
    int result = archive_open(&archive, "archive", bytes, size_bytes, &error);
    if (result == 0) {
        result = archive_symbols(&archive, &symbols, &count, &error);
    }
    for (uint64_t i = 0; result == 0 && i < count; i++) {
        struct archive_member member;
        result =
            archive_open_member(&archive, symbols[i].offset, &member, &error);
        if (result == 0) {
            result = strlen(symbols[i].name) != 0
                         ? read_object(member.bytes, member.size_bytes)
                         : -1;
            archive_close_member(&member);
        }
    }
    free(symbols);
    for (uint64_t at = archive.first;
         result == 0 && archive_has_more(&archive, at);) {
        struct archive_member member;
        result = archive_open_member(&archive, at, &member, &error);
        if (result == 0) {
            at = member.next;
            members++;
            archive_close_member(&member);
        }
    }
    return result != 0 ? result : members != 0 ? 0 : -1;
}

static int read_any(const uint8_t *bytes, uint64_t size_bytes)
{
    int result = archive_is_one(bytes, size_bytes)
                     ? read_archive(bytes, size_bytes)
                     : read_object(bytes, size_bytes);
    *(result == 0 ? &accepted : &refused) += 1;
    return result;
}

/* A copy of its own, so that every byte behind the end is poisoned. */
static void read_cut(const uint8_t *bytes, uint64_t size_bytes)
{
    uint8_t *copy = malloc(size_bytes);
    memcpy(copy, bytes, size_bytes);
    read_any(copy, size_bytes);
    free(copy);
}

static void damage(const uint8_t *bytes, uint64_t size_bytes)
{
    uint8_t *copy = malloc(size_bytes);
    memcpy(copy, bytes, size_bytes);
    for (uint64_t i = 0; i < size_bytes; i++) {
        static const uint8_t flips[] = {0x01, 0x80, 0xff};
        for (unsigned k = 0; k < sizeof(flips); k++) {
            copy[i] ^= flips[k];
            read_any(copy, size_bytes);
            copy[i] ^= flips[k];
        }
    }
    free(copy);
    for (uint64_t size = 1; size < size_bytes; size++) {
        read_cut(bytes, size);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct popcorn_error error = {0};
        const uint8_t *bytes;
        uint64_t size_bytes;
        if (elf_map_file(argv[i], &bytes, &size_bytes, &error) != 0 ||
            read_any(bytes, size_bytes) != 0) {
            printf("FAILED: %s is not good: %s\n", argv[i], error.text);
            return 1;
        }
        damage(bytes, size_bytes);
    }
    printf("%u refused, %u accepted\n", refused, accepted);
    return refused == 0;
}
