/* The arena's extent table against a plain page map: random maps, unmaps and
 * protection changes, each followed by a comparison of every answer.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/member/memory/extents.h"

#define PAGES 512
#define LOW 0x1000000000u
#define PAGE 4096

/* What extents.c takes from the runtime. */
void *popcorn_map_private(uint64_t size_bytes);
void *popcorn_map_private(uint64_t size_bytes)
{
    return calloc(1, size_bytes);
}

static int model[PAGES]; /* 0: free, else 1 + protection */

static void check(int condition, const char *what, unsigned step)
{
    if (!condition) {
        fprintf(stderr, "step %u: %s\n", step, what);
        exit(1);
    }
}

static int model_all(unsigned from, unsigned to, int mapped)
{
    for (unsigned i = from; i < to; i++) {
        if ((model[i] != 0) != mapped) {
            return 0;
        }
    }
    return 1;
}

static uint64_t model_find_free(unsigned pages, unsigned from)
{
    for (unsigned i = from; i + pages <= PAGES; i++) {
        if (model_all(i, i + pages, 0)) {
            return LOW + (uint64_t)i * PAGE;
        }
    }
    return 0;
}

static void compare(unsigned step)
{
    for (uint64_t i = 0; i + 1 < extents_count(); i++) {
        check(extents_at(i)->end <= extents_at(i + 1)->start, "order", step);
    }
    for (unsigned i = 0; i < PAGES; i++) {
        uint64_t address = LOW + (uint64_t)i * PAGE;
        uint64_t index = extents_find(address);
        int mapped =
            index < extents_count() && extents_at(index)->start <= address;

        check(mapped == (model[i] != 0), "mapped", step);
        check(!mapped ||
                  extents_at(index)->protection == (uint32_t)model[i] - 1,
              "protection", step);
    }
}

static void one_step(unsigned step)
{
    unsigned from = (unsigned)rand() % PAGES;
    unsigned to = from + 1 + (unsigned)rand() % 40;
    uint64_t start = LOW + (uint64_t)from * PAGE;
    uint64_t end;

    if (to > PAGES) {
        to = PAGES;
    }
    end = LOW + (uint64_t)to * PAGE;
    check(extents_is_free(start, end) == model_all(from, to, 0), "is_free",
          step);
    check(extents_is_mapped(start, end) == model_all(from, to, 1), "is_mapped",
          step);
    switch (rand() % 4) {
    case 0: {
        uint64_t found = extents_find_free(end - start, start);
        uint64_t expected = model_find_free(to - from, from);
        if (expected == 0) {
            expected = model_find_free(to - from, 0);
        }
        check(found == expected, "find_free", step);
        break;
    }
    case 1:
        if (model_all(from, to, 0)) {
            struct extent added = {start, end, (uint32_t)(rand() % 3), 0};
            check(extents_add(&added) == 0, "add", step);
            for (unsigned i = from; i < to; i++) {
                model[i] = 1 + (int)added.protection;
            }
        }
        break;
    case 2:
        if (model_all(from, to, 1)) {
            uint32_t protection = (uint32_t)(rand() % 3);
            check(extents_protect(start, end, protection) == 0, "protect",
                  step);
            for (unsigned i = from; i < to; i++) {
                model[i] = 1 + (int)protection;
            }
        }
        break;
    default:
        check(extents_remove(start, end) == 0, "remove", step);
        memset(&model[from], 0, (to - from) * sizeof model[0]);
        break;
    }
}

int main(void)
{
    srand(1);
    check(extents_init(LOW, LOW + (uint64_t)PAGES * PAGE) == 0, "init", 0);
    for (unsigned step = 1; step <= 20000; step++) {
        one_step(step);
        if (step % 7 == 0) {
            compare(step);
        }
    }
    return 0;
}
