/* Arrays and structs on the stack of any size and alignment: 1 byte to 1 MiB,
 * aligned up to 64 KiB, several in one frame, in recursion. */
#include "language.h"
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

static unsigned misaligned(const void *pointer, unsigned long alignment)
{
    return (uintptr_t)pointer % alignment != 0;
}

#define SIZED(bytes)                                                           \
    static NOINLINE unsigned size_##bytes(int seed)                            \
    {                                                                          \
        unsigned char data[bytes];                                             \
        memset(data, seed, bytes);                                             \
        data[bytes / 2] = (unsigned char)(seed + 1);                           \
        point();                                                               \
        data[bytes - 1] ^= 3;                                                  \
        return hash(data + bytes / 2, bytes < 64 ? (bytes + 1) / 2 : 32) +     \
               data[bytes - 1];                                                \
    }
/* clang-format off */
SIZED(1) SIZED(2) SIZED(3) SIZED(7) SIZED(8) SIZED(15) SIZED(16) SIZED(17)
SIZED(63) SIZED(255) SIZED(4095) SIZED(4096) SIZED(32767) SIZED(32768)
SIZED(65535) SIZED(65536) SIZED(65537) SIZED(262144) SIZED(1048576)
/* clang-format on */

#define ALIGNED(boundary)                                                      \
    static NOINLINE unsigned align_##boundary(int depth)                       \
    {                                                                          \
        char before = (char)depth;                                             \
        alignas(boundary) unsigned char data[24];                              \
        char after[3] = {1, 2, (char)depth};                                   \
        unsigned bad, below = 0;                                               \
        memset(data, depth, sizeof(data));                                     \
        bad = misaligned(data, boundary);                                      \
        if (depth > 0) {                                                       \
            below = align_##boundary(depth - 1);                               \
        }                                                                      \
        bad += misaligned(data, boundary);                                     \
        return bad * 1000000 + below + (unsigned)(before + after[2]) +         \
               hash(data, sizeof(data)) % 1000;                                \
    }
    /* clang-format off */
ALIGNED(1) ALIGNED(8) ALIGNED(16) ALIGNED(32) ALIGNED(64) ALIGNED(128)
ALIGNED(1024) ALIGNED(4096) ALIGNED(16384) ALIGNED(65536)
    /* clang-format on */

    struct page {
    alignas(4096) char bytes[5000];
    int tail;
};

/* A struct of more than a page, aligned to one, copied between frames. */
static NOINLINE int take_page(struct page page, struct page *original)
{
    struct page copy = page;

    point();
    copy.tail++;
    *original = copy;
    point();
    return page.bytes[4999] + copy.tail + (int)misaligned(&copy, 4096);
}

/* Different alignments and sizes in one frame, with scopes that may share. */
static NOINLINE unsigned mixed(int seed)
{
    unsigned sum = 0;
    char one = 'x';
    alignas(64) int cache_line[3] = {seed, seed + 1, seed + 2};
    long double wide = seed;

    for (int i = 0; i < 3; i++) {
        if (i % 2 == 0) {
            char small[300];
            memset(small, i + seed, sizeof(small));
            sum += hash(small, sizeof(small));
        } else {
            alignas(256) short other[90];
            memset(other, i, sizeof(other));
            sum += hash(other, sizeof(other)) + misaligned(other, 256);
        }
        cache_line[i] += (int)sum;
        wide += i;
    }
    return sum + (unsigned)cache_line[1] + (unsigned char)one + (unsigned)wide +
           misaligned(cache_line, 64);
}

/* The frame is larger than what one instruction can address. */
static NOINLINE long far_apart(long n)
{
    long first[9000], second[9000], third = n;

    for (long i = 0; i < 9000; i += 1499) {
        first[i] = n + i;
        second[8999 - i] = n - i;
        point();
        third += first[i] * second[8999 - i];
    }
    return third + first[0] + second[8999];
}

int main(void)
{
    struct page page;

#define PRINT(bytes)                                                           \
    printf("size " #bytes " %08x\n", size_##bytes(bytes % 251));
    /* clang-format off */
    PRINT(1) PRINT(2) PRINT(3) PRINT(7) PRINT(8) PRINT(15) PRINT(16) PRINT(17)
    PRINT(63) PRINT(255) PRINT(4095) PRINT(4096) PRINT(32767) PRINT(32768)
    PRINT(65535) PRINT(65536) PRINT(65537) PRINT(262144) PRINT(1048576)
    /* clang-format on */
#undef PRINT
#define PRINT(boundary) printf("align " #boundary " %u\n", align_##boundary(3));
        /* clang-format off */
    PRINT(1) PRINT(8) PRINT(16) PRINT(32) PRINT(64) PRINT(128) PRINT(1024)
    PRINT(4096) PRINT(16384) PRINT(65536)
        /* clang-format on */
        memset(&page, 5, sizeof(page));
    page.tail = 100;
    printf("page %d", take_page(page, &page));
    printf(" %d\n", page.tail);
    printf("mixed %u\n", mixed(9));
    printf("far apart %ld\n", far_apart(12));
    return 0;
}
