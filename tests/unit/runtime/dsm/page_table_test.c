/* The table from page to record (space.h): what was put in is found, nothing
 * else is, the search meets every leaf once, and a table costs what is used of
 * it, not what there could be. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "runtime/dsm/space.h"

enum { TABLES = 20000, TABLES_MS = 1500 };

static int failures;

static void expect(int condition, const char *what)
{
    if (!condition) {
        printf("failed: %s\n", what);
        failures++;
    }
}

/* Both sides of each boundary: of ranges, branches, leaves, the space. */
static const uint64_t places[] = {0,
                                  PAGE_TABLE_LEAF - 1,
                                  PAGE_TABLE_LEAF,
                                  PAGE_TABLE_LEAF *PAGE_TABLE_FAN - 1,
                                  SPACE_ARENA_INDEX,
                                  SPACE_ARENA_INDEX + 3 * PAGE_TABLE_LEAF,
                                  SPACE_ARENA_INDEX +
                                      5 * PAGE_TABLE_LEAF *PAGE_TABLE_FAN,
                                  SPACE_PAGES - 1};

enum { PLACES = sizeof places / sizeof *places };

static int is_place(uint64_t index)
{
    for (unsigned i = 0; i < PLACES; i++) {
        if (places[i] == index) {
            return 1;
        }
    }
    return 0;
}

static void keeps(void)
{
    struct page_table table;
    uint64_t index = 0, found = 0, leaves = 0;

    page_table_open(&table, sizeof index);
    expect(page_table_find(&table, SPACE_PAGES - 1) == NULL, "nothing yet");
    expect(page_table_next(&table, 0) == SPACE_PAGES, "no leaf yet");
    for (unsigned i = 0; i < PLACES; i++) {
        memcpy(page_table_get(&table, places[i]), &places[i], sizeof index);
    }
    while ((index = page_table_next(&table, index)) < SPACE_PAGES) {
        uint64_t record;

        memcpy(&record, page_table_find(&table, index), sizeof record);
        expect(record == (is_place(index) ? index : 0), "the record");
        found += is_place(index);
        leaves += index % PAGE_TABLE_LEAF == 0;
        index++;
    }
    /* Place 0 and the one after it share their leaf. */
    expect(found == PLACES && leaves == PLACES - 1, "each leaf, once");
    expect(page_table_bytes(&table) == leaves * PAGE_TABLE_LEAF * sizeof index,
           "bytes");
    expect(page_table_next(&table, SPACE_PAGES) == SPACE_PAGES, "the end");
    expect(page_table_find(&table, 2 * PAGE_TABLE_LEAF) == NULL &&
               page_table_find(&table, SPACE_PAGES / 2) == NULL,
           "no leaf, no branch");
    page_table_close(&table);
    expect(page_table_next(&table, 0) == SPACE_PAGES, "closed");
}

static void costs(void)
{
    struct page_table table;
    uint64_t ms;

    for (unsigned i = 0; i < TABLES; i++) {
        page_table_open(&table, 1);
        page_table_get(&table, SPACE_ARENA_INDEX);
        expect(page_table_next(&table, SPACE_ARENA_INDEX + PAGE_TABLE_LEAF) ==
                   SPACE_PAGES,
               "one leaf");
        page_table_close(&table);
    }
    ms = (uint64_t)clock() * 1000 / CLOCKS_PER_SEC;
    printf("%u tables of one leaf: %llu ms of processor time\n", TABLES,
           (unsigned long long)ms);
    expect(ms < TABLES_MS, "a table of one leaf is small");
}

int main(void)
{
    keeps();
    costs();
    return failures != 0;
}
