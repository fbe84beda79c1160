/* Read-ahead of one node whose requests are answered at once: readers that go on
 * in order fault seldom, however their faults are mixed; one that jumps asks for
 * one page at a time. */
#include <stdio.h>
#include <stdlib.h>

#include "runtime/dsm/dsm_private.h"

enum { PAGES = 4096, READERS = 4 };

static struct dsm *dsm;
static uint64_t asked, asked_at_once;

static void expect(int condition, const char *what)
{
    if (!condition) {
        printf("not so: %s\n", what);
        exit(1);
    }
}

static void grant(void *context, unsigned node,
                  const struct popcorn_message *header, const void *payload,
                  size_t payload_bytes)
{
    uint64_t first = space_index(&dsm->space, header->arg[0]);

    (void)context;
    (void)payload;
    (void)payload_bytes;
    expect(node == 0 && header->type == POPCORN_PAGE_REQUEST,
           "home is asked for pages");
    asked += header->arg[2];
    if (header->arg[2] > asked_at_once) {
        asked_at_once = header->arg[2];
    }
    dsm_ahead_landed(dsm, first, header->arg[2]);
    for (uint64_t i = 0; i < header->arg[2]; i++) {
        dsm_set_state(dsm, first + i, PAGE_SHARED);
    }
}

/* 1: it was not here. */
static unsigned read_page(uint64_t index)
{
    if (dsm_state(dsm, index) != PAGE_INVALID) {
        return 0;
    }
    dsm_set_state(dsm, index, PAGE_READ_PENDING);
    dsm_request_for_fault(dsm, 0, index, DIRECTORY_READ);
    expect(dsm_state(dsm, index) == PAGE_SHARED, "a fault's page is asked for");
    return 1;
}

static void begin(void)
{
    struct dsm_ports ports = {.send = grant};

    expect(dsm_open(&dsm, 1, 0, 2, -1, &ports) == 0, "open");
    dsm_note_high_water(dsm, POPCORN_ARENA_BASE + (uint64_t)READERS * 4 *
                                                      PAGES *
                                                      POPCORN_PAGE_SIZE);
    asked = asked_at_once = 0;
}

static uint64_t place(unsigned reader, uint64_t page)
{
    return SPACE_ARENA_INDEX + (uint64_t)reader * 3 * PAGES + page;
}

static unsigned faults_of(unsigned readers, unsigned jumps_each)
{
    unsigned faults = 0;
    uint64_t jump = 0;

    begin();
    for (uint64_t page = 0; page < PAGES; page++) {
        for (unsigned reader = 0; reader < readers; reader++) {
            faults += read_page(place(reader, page));
        }
        for (unsigned i = 0; i < jumps_each; i++) {
            jump = (jump + 2 * 1237) % (2 * PAGES);
            read_page(place(READERS, jump) - 2 * PAGES);
        }
    }
    dsm_close(dsm);
    return faults;
}

int main(void)
{
    unsigned one = faults_of(1, 0), several = faults_of(READERS, 0);
    unsigned among_jumps = faults_of(READERS, 1), jumps = 0;

    printf("%u faults of a reader of %u pages, %u of %u, %u among jumps\n", one,
           PAGES, several, READERS, among_jumps);
    expect(one < PAGES / 64, "one reader");
    expect(several <= READERS * one, "several readers");
    expect(among_jumps < READERS * PAGES / 32, "readers among jumps");
    begin();
    for (uint64_t i = 0; i < 500; i++) {
        jumps += read_page(place(0, i * 1237 % PAGES * 2));
    }
    expect(asked == jumps && asked_at_once == 1,
           "who jumps gets what it reads");
    dsm_close(dsm);
    return 0;
}
