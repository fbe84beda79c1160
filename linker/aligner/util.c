/* Allocation, formatting and files for a short-lived tool: memory is not freed,
 * running out of it ends the program with a message. */
#include "linker/aligner/aligner.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEWEST 64 /* elements of a growing array; a power of two */

static void out_of_memory(void)
{
    fprintf(stderr, "popcorn-align: error: out of memory\n");
    exit(1);
}

void *align_alloc(size_t count, size_t size)
{
    void *memory = calloc(count != 0 ? count : 1, size);
    if (memory == NULL) {
        out_of_memory();
    }
    return memory;
}

void *align_room(void *array, size_t count, size_t size)
{
    if (array != NULL && (count < FEWEST || (count & (count - 1)) != 0)) {
        return array;
    }
    array = reallocarray(array, count < FEWEST ? FEWEST : 2 * count, size);
    if (array == NULL) {
        out_of_memory();
    }
    return array;
}

char *align_format(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0) {
        out_of_memory();
    }
    va_end(args);
    return text;
}

uint64_t bytes_extend(struct bytes *out, uint64_t count)
{
    if (count > out->capacity - out->used) {
        uint64_t capacity = 2 * out->capacity + count + 65536;
        uint8_t *grown = align_alloc(capacity, 1);
        if (out->used != 0) {
            memcpy(grown, out->at, out->used);
        }
        free(out->at);
        out->at = grown;
        out->capacity = capacity;
    }
    out->used += count;
    return out->used - count;
}

uint64_t bytes_append(struct bytes *out, const void *bytes, uint64_t count)
{
    uint64_t at = bytes_extend(out, count);
    if (count != 0) {
        memcpy(out->at + at, bytes, count);
    }
    return at;
}

int align_write_file(const char *path, const void *bytes, uint64_t size_bytes,
                     struct popcorn_error *error)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        return elf_fail(error, -errno, "%s: %s", path, strerror(errno));
    }
    bool failed = fwrite(bytes, 1, size_bytes, file) != size_bytes;
    if (fclose(file) != 0 || failed) {
        return elf_fail(error, -EIO, "%s: cannot write: %s", path,
                        strerror(errno));
    }
    return 0;
}

void align_report(struct program *program, const char *format, ...)
{
    va_list args;
    fputs("popcorn-align: error: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    program->errors++;
}

bool is_c_identifier(const char *name)
{
    if (!isalpha((unsigned char)*name) && *name != '_') {
        return false;
    }
    while (isalnum((unsigned char)*name) || *name == '_') {
        name++;
    }
    return *name == '\0';
}
