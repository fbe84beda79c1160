/* Reads the record of a multi-ISA object: lines of words, in a fixed order up
 * to `sites`; then facts in any order, and `end`. docs/formats.md. */
#include "linker/object/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define MAX_WORDS 4

struct reader {
    struct multi_object *object;
    char *next; /* in object->text, which ends in NUL */
    char *word[MAX_WORDS];
    unsigned words;
    unsigned line;
    struct popcorn_error *error;
};

uint64_t record_hash(const uint8_t *bytes, uint64_t size_bytes)
{
    return XXH3_64bits(bytes, size_bytes);
}

static int corrupt(struct reader *reader)
{
    return elf_fail(reader->error, -EBADMSG,
                    "%s: truncated or corrupt: line %u of its record",
                    reader->object->name, reader->line);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* %XX to the byte, in place; false for a name that cannot be one. */
static bool decode_name(char *name)
{
    char *out = name;
    bool empty = *name == '\0';
    for (const char *in = name; *in != '\0'; in++) {
        if (*in == '%') {
            int high = hex_digit(in[1]);
            int low = high < 0 ? -1 : hex_digit(in[2]);
            if (low < 0 || high * 16 + low == 0) {
                return false;
            }
            *out++ = (char)(high * 16 + low);
            in += 2;
        } else {
            *out++ = *in;
        }
    }
    *out = '\0';
    return !empty;
}

/* Takes the next line apart; false if there is no complete one. */
static bool next_line(struct reader *reader)
{
    char *end = strchr(reader->next, '\n');
    reader->words = 0;
    reader->line++;
    if (end == NULL) {
        return false;
    }
    *end = '\0';
    for (char *word = reader->next; *word != '\0';) {
        size_t length = strcspn(word, " ");
        if (reader->words == MAX_WORDS || length == 0) {
            return false;
        }
        reader->word[reader->words++] = word;
        word += length;
        if (*word == ' ') {
            *word++ = '\0';
        }
    }
    reader->next = end + 1;
    return reader->words != 0;
}

static bool is_line(const struct reader *reader, const char *keyword,
                    unsigned words)
{
    return reader->words == words && strcmp(reader->word[0], keyword) == 0;
}

static bool read_number(const char *text, int base, uint64_t *value)
{
    char *end;
    *value = strtoull(text, &end, base);
    return hex_digit(text[0]) >= 0 && *end == '\0';
}

static bool copy_isa(char *isa, const char *text)
{
    return snprintf(isa, MULTI_OBJECT_ISA_BYTES, "%s", text) <
           MULTI_OBJECT_ISA_BYTES;
}

static int read_versions(struct reader *reader)
{
    uint64_t format, abi;
    const char *name = reader->object->name;
    if (!next_line(reader) || !is_line(reader, "popcorn-module", 2) ||
        !read_number(reader->word[1], 10, &format)) {
        return corrupt(reader);
    }
    if (format != MULTI_OBJECT_VERSION) {
        return elf_fail(reader->error, -EPROTO,
                        "%s: made by another version of Popcorn (object format "
                        "%" PRIu64 ", this reads %d); compile its source again",
                        name, format, MULTI_OBJECT_VERSION);
    }
    if (!next_line(reader) || !is_line(reader, "abi", 2) ||
        !read_number(reader->word[1], 10, &abi)) {
        return corrupt(reader);
    }
    if (abi != POPCORN_ABI_VERSION) {
        return elf_fail(reader->error, -EPROTO,
                        "%s: made by another version of Popcorn (ABI %" PRIu64
                        ", this is %d); compile its source again",
                        name, abi, POPCORN_ABI_VERSION);
    }
    return 0;
}

/* `host` and the `isa` lines; leaves the line after them. */
static int read_parts(struct reader *reader, struct record *record)
{
    if (!next_line(reader) || !is_line(reader, "host", 2) ||
        !copy_isa(record->host, reader->word[1])) {
        return corrupt(reader);
    }
    while (next_line(reader) && is_line(reader, "isa", 4)) {
        struct record_part *part = &record->part[record->part_count];
        if (record->part_count == MULTI_OBJECT_MAX_PARTS - 1 ||
            !copy_isa(part->isa, reader->word[1]) ||
            !read_number(reader->word[2], 10, &part->size_bytes) ||
            !read_number(reader->word[3], 16, &part->hash)) {
            return corrupt(reader);
        }
        record->part_count++;
    }
    return 0;
}

static bool read_id(const char *text, uint8_t *id)
{
    for (unsigned i = 0; i < 32; i++) {
        int high = hex_digit(text[2 * i]);
        int low = high < 0 ? -1 : hex_digit(text[2 * i + 1]);
        if (low < 0) {
            return false;
        }
        id[i] = (uint8_t)(high * 16 + low);
    }
    return text[64] == '\0';
}

/* The line before is already read. */
static int read_module(struct reader *reader)
{
    struct multi_object *object = reader->object;
    uint64_t sites;
    if (!is_line(reader, "code", 2) ||
        (strcmp(reader->word[1], "native") != 0 &&
         strcmp(reader->word[1], "neutral") != 0)) {
        return corrupt(reader);
    }
    object->native = strcmp(reader->word[1], "native") == 0;
    if (!next_line(reader) || !is_line(reader, "id", 2) ||
        !read_id(reader->word[1], object->id) || !next_line(reader) ||
        !is_line(reader, "sites", 2) ||
        !read_number(reader->word[1], 10, &sites) || sites > INT32_MAX ||
        (object->native && sites != 0)) {
        return corrupt(reader);
    }
    object->sites = (uint32_t)sites;
    return 0;
}

static bool read_fact(struct reader *reader, struct multi_object_fact *fact)
{
    const char *flags = reader->words == 3 ? reader->word[2] : "";
    *fact = (struct multi_object_fact){.name = reader->word[1]};
    if (is_line(reader, "define", 3)) {
        fact->kind = FACT_DEFINE;
        fact->may_migrate = strchr(flags, 'm') != NULL;
        fact->variadic = strchr(flags, 'v') != NULL;
        if (flags[strspn(flags, "-mv")] != '\0') {
            return false;
        }
    } else if (is_line(reader, "call", 3)) {
        fact->kind = FACT_CALL;
        fact->call = flags[0];
        if (strchr("vf0", flags[0]) == NULL || flags[1] != '\0') {
            return false;
        }
    } else if (is_line(reader, "require", 2)) {
        fact->kind = FACT_REQUIRE;
    } else if (is_line(reader, "address", 2)) {
        fact->kind = FACT_ADDRESS;
    } else {
        return false;
    }
    return decode_name(reader->word[1]);
}

/* Behind `end` is nothing but zero bytes, unless a linker that does not know
 * what this is joined the records of several objects. */
static int check_rest(struct reader *reader, const char *end)
{
    const char *rest = reader->next;
    while (rest < end && *rest == '\0') {
        rest++;
    }
    if (rest == end) {
        return 0;
    }
    static const char first_line[] = "popcorn-module ";
    if ((size_t)(end - rest) >= sizeof(first_line) &&
        memcmp(rest, first_line, sizeof(first_line) - 1) == 0) {
        return elf_fail(reader->error, -EBADMSG,
                        "%s: made from several objects by a linker that does "
                        "not know multi-ISA objects (ld -r); link those "
                        "objects themselves, or an archive of them",
                        reader->object->name);
    }
    return corrupt(reader);
}

int record_read(struct multi_object *object, struct record *record,
                const uint8_t *text, uint64_t bytes,
                struct popcorn_error *error)
{
    unsigned lines = 0;
    *record = (struct record){.part_count = 0};
    object->text = malloc(bytes + 1);
    if (object->text == NULL) {
        return elf_fail(error, -ENOMEM, "%s: out of memory", object->name);
    }
    memcpy(object->text, text, bytes);
    object->text[bytes] = '\0';
    for (uint64_t i = 0; i < bytes; i++) {
        lines += text[i] == '\n';
    }
    object->facts = calloc(lines + 1, sizeof(*object->facts));
    if (object->facts == NULL) {
        return elf_fail(error, -ENOMEM, "%s: out of memory", object->name);
    }
    struct reader reader = {
        .object = object, .next = object->text, .error = error};
    int result = read_versions(&reader);
    if (result == 0) {
        result = read_parts(&reader, record);
    }
    if (result == 0) {
        result = read_module(&reader);
    }
    while (result == 0) {
        if (!next_line(&reader)) {
            result = corrupt(&reader);
        } else if (is_line(&reader, "end", 1)) {
            return check_rest(&reader, object->text + bytes);
        } else if (!read_fact(&reader, &object->facts[object->fact_count++])) {
            result = corrupt(&reader);
        }
    }
    return result;
}
