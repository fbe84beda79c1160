/* The memory calls of a program under the runtime, compared with what a kernel
 * does; then fork, which must give the child its own copy. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "say.h"

#define MIB (1ul << 20)

static int counter = 42;
static int zeros[5000];

static void map_and_change(void)
{
    int rw = PROT_READ | PROT_WRITE;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    char *first = mmap(NULL, 100000, rw, flags, -1, 0);
    char *moved;
    char *again;

    CHECK(first != MAP_FAILED);
    first[99999] = 7;
    CHECK(first[0] == 0);
    CHECK(mprotect(first, 4096, PROT_NONE) == 0);
    CHECK(mprotect(first, 4096, rw) == 0);
    CHECK(first[0] == 0);
    CHECK(mprotect((char *)0x1800000000, 4096, rw) == -1 && errno == ENOMEM);
    moved = mremap(first, 100000, 30 * MIB, MREMAP_MAYMOVE);
    CHECK(moved != MAP_FAILED && moved[99999] == 7 && moved[20 * MIB] == 0);
    CHECK(mremap(moved, 30 * MIB, 8192, 0) == moved);
    CHECK(munmap(moved, 8192) == 0);
    again = mmap(moved, 200000, rw, flags | MAP_FIXED, -1, 0);
    CHECK(again == moved && again[99999] == 0);
    again[5000] = 1;
    CHECK(madvise(again + 4096, 4096, MADV_DONTNEED) == 0);
    CHECK(again[5000] == 0);
    /* QEMU takes the address as a hint, as old kernels do */
    CHECK(mmap(again, 4096, rw, flags | MAP_FIXED_NOREPLACE, -1, 0) != again);
    CHECK(munmap(again, 200000) == 0);
    CHECK(munmap((char *)1, 4096) == -1 && errno == EINVAL);
}

static void map_large(void)
{
    char *large = mmap(NULL, 300 * MIB, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    CHECK(large != MAP_FAILED);
    for (unsigned long at = 0; at < 300 * MIB; at += 10 * MIB) {
        CHECK(large[at] == 0);
        large[at] = 3;
    }
    CHECK(large[290 * MIB] == 3);
    CHECK(munmap(large, 300 * MIB) == 0);
}

static void map_file(void)
{
    int file = open("/proc/self/exe", O_RDONLY);
    char *image;

    CHECK(file >= 0);
    image = mmap(NULL, 5000, PROT_READ, MAP_PRIVATE, file, 0);
    CHECK(image != MAP_FAILED);
    CHECK(image[1] == 'E' && image[2] == 'L');
    close(file);
    CHECK(munmap(image, 5000) == 0);
    CHECK(mmap(NULL, 5000, PROT_READ, MAP_PRIVATE, 777, 0) == MAP_FAILED &&
          errno == EBADF);
}

static void use_heap(void)
{
    char *blocks[64];

    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 64; i++) {
            blocks[i] = malloc((size_t)(i * i * 97 + 1));
            CHECK(blocks[i] != NULL);
            memset(blocks[i], i, (size_t)(i * i * 97 + 1));
        }
        for (int i = 0; i < 64; i++) {
            CHECK(blocks[i][i * i * 97] == i);
            free(blocks[i]);
        }
    }
}

static void fork_copies(void)
{
    char *heap = malloc(3 * MIB);
    char local = 1;
    int status = 0;
    pid_t child;

    heap[2 * MIB] = 5;
    child = fork();
    if (child == 0) {
        CHECK(counter == 42 && heap[2 * MIB] == 5 && local == 1);
        counter = heap[2 * MIB] = local = 9;
        use_heap();
        map_and_change();
        _exit(7);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    CHECK(counter == 42 && heap[2 * MIB] == 5 && local == 1);
    free(heap);
}

int main(void)
{
    for (int i = 0; i < 5000; i++) {
        CHECK(zeros[i] == 0);
    }
    map_and_change();
    map_large();
    map_file();
    use_heap();
    fork_copies();
    fork_copies();
    say("memory done\n");
    return 0;
}
