/* Calls about memory that fail as a kernel's do, and leave everything as it
 * was: also that the program can move. */
#define _GNU_SOURCE
#ifdef __popcorn__
#include <popcorn.h>
#else
#define popcorn_migrate(node) ((void)(node), 0)
#endif
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "threads.h"

#define PAGE 4096
#define RESERVED ((size_t)8 << 30)

static char *map(size_t size_bytes, int protection)
{
    char *memory = mmap(NULL, size_bytes, protection,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    CHECK(memory != MAP_FAILED);
    return memory;
}

/* Pages with different protections are several mappings. */
static void check_mixed(void)
{
    char *memory = map(4 * PAGE, PROT_READ | PROT_WRITE);

    strcpy(memory, "here");
    CHECK(mprotect(memory + PAGE, PAGE, PROT_NONE) == 0);
    CHECK(mremap(memory, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED &&
          errno == EFAULT);
    CHECK(mprotect(memory + PAGE, PAGE, PROT_READ | PROT_WRITE) == 0);
    memory = mremap(memory, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
    CHECK(memory != MAP_FAILED && strcmp(memory, "here") == 0);
    CHECK(memory[8 * PAGE - 1] == 0);
    CHECK(munmap(memory, 8 * PAGE) == 0);
}

static void check_refused(void)
{
    char *memory = map(PAGE, PROT_READ | PROT_WRITE);

    CHECK(mmap((void *)123, PAGE, PROT_READ,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED &&
          errno == EINVAL);
    CHECK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, -1, 0) == MAP_FAILED &&
          errno == EBADF);
    CHECK(madvise(memory, PAGE, 9999) == -1 && errno == EINVAL);
    CHECK(munmap(memory, PAGE) == 0);
}

/* More than is there. */
static void check_reserved(void)
{
    char *memory = map(RESERVED, PROT_NONE);

    CHECK(mprotect(memory + RESERVED / 2, PAGE, PROT_READ | PROT_WRITE) == 0);
    memory[RESERVED / 2] = 1;
    CHECK(munmap(memory, RESERVED) == 0);
}

int main(void)
{
    for (int round = 0; round < 40; round++) {
        int error = popcorn_migrate(round % 2);

        CHECK(error == 0 || error == EBUSY);
        check_mixed();
        check_refused();
        if (round < 2) {
            check_reserved();
        }
    }
    puts("mapped");
    return 0;
}
