/* Advice about where pages are.
 *
 *   advice willneed|random    reads memory of another node in no order, after
 *                             MADV_WILLNEED or without
 *   advice release|keep       writes memory on node 1, gives it back by
 *                             MADV_RELEASE or does not, and prints its sum at
 *                             home when a line comes on standard input
 */
#include <errno.h>
#include <popcorn.h>
#include <string.h>
#include <sys/mman.h>

#include "threads.h"

#define PAGE 4096
#define PAGES 512

static unsigned char *memory;

static NOINLINE void fill(void)
{
    for (long i = 0; i < PAGES; i++) {
        memory[i * PAGE + i] = (unsigned char)(i + 1);
    }
}

static NOINLINE long sum(void)
{
    long total = 0;

    for (long i = 0; i < PAGES; i++) {
        long page = i * 211 % PAGES;
        total += memory[page * PAGE + page] * (i + 1);
    }
    return total;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    char line[8];

    memory = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    CHECK(madvise(memory + 1, PAGE, MADV_RELEASE) == -1 && errno == EINVAL);
    CHECK(madvise(memory, PAGES * PAGE, MADV_RELEASE) == 0);
    if (strcmp(what, "willneed") == 0 || strcmp(what, "random") == 0) {
        fill();
        CHECK(popcorn_migrate(1) == 0);
        if (strcmp(what, "willneed") == 0) {
            CHECK(madvise(memory, PAGES * PAGE, MADV_WILLNEED) == 0);
        }
        printf("%ld\n", sum());
        return 0;
    }
    CHECK(popcorn_migrate(1) == 0);
    fill();
    if (strcmp(what, "release") == 0) {
        CHECK(madvise(memory, PAGES * PAGE, MADV_RELEASE) == 0);
    }
    CHECK(popcorn_migrate(0) == 0);
    puts("home");
    fflush(stdout);
    CHECK(fgets(line, sizeof line, stdin) != NULL);
    printf("%ld\n", sum());
    return 0;
}
