/* A program's own allocator takes the place of libc's, also for what libc allocates
 * in its name; and it may call parts of it as others do. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"

static _Alignas(16) unsigned char room[1 << 20];
static size_t used, allocated, freed;

/* Each block has its size before it; none is used twice. */
void *malloc(size_t size)
{
    size_t whole = (size + 16 + 15) & ~(size_t)15;
    unsigned char *block = room + used + 16;

    if (size > sizeof room || whole > sizeof room - used) {
        errno = ENOMEM;
        return NULL;
    }
    memcpy(room + used, &size, sizeof size);
    used += whole;
    allocated++;
    return block;
}

void free(void *block)
{
    freed += block != NULL;
}

void *calloc(size_t count, size_t size)
{
    return malloc(count * size); /* room is zeros */
}

void *realloc(void *block, size_t size)
{
    void *moved = malloc(size);
    size_t before = 0;

    if (block != NULL && moved != NULL) {
        memcpy(&before, (unsigned char *)block - 16, sizeof before);
        memcpy(moved, block, before < size ? before : size);
        free(block);
    }
    return moved;
}

/* Names of a known allocator, which a program may bring along. */
int mi_malloc(int n)
{
    return n + 1;
}

int _mi_page_empty = 5, mi_free = 6;

static int is_ours(const void *block)
{
    return (uintptr_t)block - (uintptr_t)room < sizeof room;
}

int main(void)
{
    char *copy = strdup("a text"), *line = NULL, *printed = NULL;
    size_t line_size = 0;
    FILE *file;

    CHECK(is_ours(copy));
    CHECK_TEXT(copy, "a text");
    free(copy);
    CHECK(asprintf(&printed, "%d %s", 7, "sheep") == 7 && is_ours(printed));
    file = fmemopen(printed, 7, "r");
    CHECK(file != NULL && getline(&line, &line_size, file) == 7);
    CHECK(is_ours(line));
    CHECK_TEXT(line, "7 sheep");
    fclose(file);
    free(line), free(printed);
    CHECK(allocated >= 4 && freed >= 4);
    CHECK(mi_malloc(1) == 2 && _mi_page_empty == 5 && mi_free == 6);
    return finish("replaced");
}
