/* See archive.h. Format: ar(5); of GNU's variants binutils' bfd/archive.c says
 * what is in them: names longer than 15 bytes are "/<offset>" in the member
 * "//"; the index is "/" or "/SYM64/", big-endian; in a thin archive ("!<thin>")
 * only these members have bytes, the others are files, named from the archive's
 * folder. */
#include "linker/object/archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "linker/pack/elf_view.h"

#define MAGIC_BYTES 8
#define HEADER_BYTES 60

struct header {
    char name[17];
    uint64_t size_bytes;
    uint64_t data; /* offset */
};

static int damaged(const struct archive *archive, const char *what,
                   struct popcorn_error *error)
{
    return elf_fail(error, -EBADMSG, "%s: damaged archive: %s", archive->name,
                    what);
}

bool archive_is_one(const uint8_t *bytes, uint64_t size_bytes)
{
    return size_bytes >= MAGIC_BYTES &&
           (memcmp(bytes, "!<arch>\n", MAGIC_BYTES) == 0 ||
            memcmp(bytes, "!<thin>\n", MAGIC_BYTES) == 0);
}

/* The index and the table of names: the members that thin archives have too. */
static bool is_special(const char *name)
{
    return strcmp(name, "/") == 0 || strcmp(name, "//") == 0 ||
           strcmp(name, "/SYM64/") == 0;
}

static bool read_decimal(const char *text, unsigned bytes, uint64_t *value)
{
    unsigned digits = 0;
    *value = 0;
    for (; digits < bytes && text[digits] >= '0' && text[digits] <= '9';
         digits++) {
        *value = *value * 10 + (uint64_t)(text[digits] - '0');
    }
    return digits != 0 && (digits == bytes || text[digits] == ' ');
}

static int read_header(const struct archive *archive, uint64_t offset,
                       struct header *header, struct popcorn_error *error)
{
    if (offset > archive->size_bytes ||
        archive->size_bytes - offset < HEADER_BYTES) {
        return damaged(archive, "a member is cut off", error);
    }
    const char *bytes = (const char *)archive->bytes + offset;
    if (memcmp(bytes + 58, "`\n", 2) != 0 ||
        !read_decimal(bytes + 48, 10, &header->size_bytes)) {
        return damaged(archive, "a member has no header", error);
    }
    memcpy(header->name, bytes, 16);
    unsigned length = 16;
    while (length != 0 && header->name[length - 1] == ' ') {
        length--;
    }
    header->name[length] = '\0';
    header->data = offset + HEADER_BYTES;
    bool here = !archive->thin || is_special(header->name);
    if (here && header->size_bytes > archive->size_bytes - header->data) {
        return damaged(archive, "a member is cut off", error);
    }
    return 0;
}

static uint64_t after(const struct archive *archive,
                      const struct header *header)
{
    bool here = !archive->thin || is_special(header->name);
    uint64_t end = header->data + (here ? header->size_bytes : 0);
    return end + end % 2;
}

int archive_open(struct archive *archive, const char *name,
                 const uint8_t *bytes, uint64_t size_bytes,
                 struct popcorn_error *error)
{
    *archive = (struct archive){.name = name,
                                .bytes = bytes,
                                .size_bytes = size_bytes,
                                .first = MAGIC_BYTES};
    if (!archive_is_one(bytes, size_bytes)) {
        return damaged(archive, "it does not begin as one", error);
    }
    archive->thin = memcmp(bytes, "!<thin>\n", MAGIC_BYTES) == 0;
    while (archive_has_more(archive, archive->first)) {
        struct header header;
        int result = read_header(archive, archive->first, &header, error);
        if (result != 0 || !is_special(header.name)) {
            return result;
        }
        if (strcmp(header.name, "//") == 0) {
            archive->long_names = (const char *)bytes + header.data;
            archive->long_names_bytes = header.size_bytes;
        } else {
            archive->index = bytes + header.data;
            archive->index_bytes = header.size_bytes;
            archive->index_width = strcmp(header.name, "/") == 0 ? 4 : 8;
        }
        archive->first = after(archive, &header);
    }
    return 0;
}

bool archive_has_more(const struct archive *archive, uint64_t offset)
{
    return offset < archive->size_bytes;
}

/* A member's name: up to '/' (or "/\n" in the table, where it may have '/'). */
static char *member_name(const struct archive *archive,
                         const struct header *header)
{
    uint64_t offset;
    if (header->name[0] != '/') {
        size_t length = strlen(header->name);
        length -= length != 0 && header->name[length - 1] == '/';
        return strndup(header->name, length);
    }
    if (!read_decimal(header->name + 1, (unsigned)strlen(header->name + 1),
                      &offset) ||
        offset >= archive->long_names_bytes) {
        return NULL;
    }
    const char *name = archive->long_names + offset;
    const char *end = memchr(name, '\n', archive->long_names_bytes - offset);
    if (end == NULL || end == name) {
        return NULL;
    }
    return strndup(name, (size_t)(end - name - (end[-1] == '/')));
}

/* The file of a thin archive's member. */
static int map_thin(const struct archive *archive,
                    struct archive_member *member, struct popcorn_error *error)
{
    const char *slash = strrchr(archive->name, '/');
    int folder = slash != NULL && member->name[0] != '/'
                     ? (int)(slash + 1 - archive->name)
                     : 0;
    char *path = NULL;
    if (asprintf(&path, "%.*s%s", folder, archive->name, member->name) < 0) {
        return elf_fail(error, -ENOMEM, "%s: out of memory", archive->name);
    }
    int result = elf_map_file(path, &member->bytes, &member->size_bytes, error);
    free(path);
    member->thin = result == 0;
    return result;
}

int archive_open_member(const struct archive *archive, uint64_t offset,
                        struct archive_member *member,
                        struct popcorn_error *error)
{
    struct header header;
    *member = (struct archive_member){.name = NULL};
    int result = read_header(archive, offset, &header, error);
    if (result != 0) {
        return result;
    }
    member->next = after(archive, &header);
    member->name = member_name(archive, &header);
    if (member->name == NULL) {
        return damaged(archive, "a member's name is not there", error);
    }
    if (archive->thin) {
        result = map_thin(archive, member, error);
    } else {
        member->bytes = archive->bytes + header.data;
        member->size_bytes = header.size_bytes;
    }
    if (result != 0) {
        archive_close_member(member);
    }
    return result;
}

void archive_close_member(struct archive_member *member)
{
    free(member->name);
    member->name = NULL;
    if (member->thin) {
        munmap((void *)member->bytes, member->size_bytes);
        member->thin = false;
    }
}

static uint64_t read_big_endian(const uint8_t *bytes, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

int archive_symbols(const struct archive *archive,
                    struct archive_symbol **symbols, uint64_t *count,
                    struct popcorn_error *error)
{
    unsigned width = archive->index_width;
    *count = 0;
    *symbols = NULL;
    if (archive->index == NULL || archive->index_bytes < width) {
        return 0;
    }
    uint64_t number = read_big_endian(archive->index, width);
    if (number > (archive->index_bytes - width) / width) {
        return damaged(archive, "its index is cut off", error);
    }
    const uint8_t *offsets = archive->index + width;
    const char *name = (const char *)offsets + number * width;
    const char *end = (const char *)archive->index + archive->index_bytes;
    *symbols = calloc(number + 1, sizeof(**symbols));
    if (*symbols == NULL) {
        return elf_fail(error, -ENOMEM, "%s: out of memory", archive->name);
    }
    for (uint64_t i = 0; i < number; i++) {
        const char *nul = memchr(name, '\0', (size_t)(end - name));
        if (nul == NULL) {
            free(*symbols);
            *symbols = NULL;
            return damaged(archive, "its index is cut off", error);
        }
        (*symbols)[i] = (struct archive_symbol){
            name, read_big_endian(offsets + i * width, width)};
        name = nul + 1;
    }
    *count = number;
    return 0;
}
