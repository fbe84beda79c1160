/* What a page costs a thread that has moved: COUNT pages written at home, then
 * read, then written on the other node, one at a time in an order no
 * read-ahead guesses. Prints nanoseconds: median and p99 of both.
 *
 *   pages COUNT */
#include <popcorn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "../page_order.h"
#include "../timing.h"

enum { PAGE = 4096 };

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 1000;
    volatile unsigned char *pages;
    long *ns = calloc((size_t)count, sizeof *ns);
    long wrong = 0;

    while ((count & (count - 1)) != 0) {
        count &= count - 1; /* a power of two, for nth_page() */
    }
    pages = mmap(NULL, (size_t)count * PAGE, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (ns == NULL || pages == MAP_FAILED) {
        return 1;
    }
    for (long i = 0; i < count; i++) {
        pages[i * PAGE] = (unsigned char)(i % 251 + 1);
        ns[i] = 1;
    }
    if (popcorn_migrate(1) != 0) {
        fprintf(stderr, "the move was declined\n");
        return 1;
    }
    now_ns();
    for (long i = 0; i < count; i++) { /* its own pages are here then */
        ns[i] = 0;
    }
    for (long i = 0; i < count; i++) {
        long page = nth_page(i, count), start = now_ns();

        wrong += pages[page * PAGE] != (unsigned char)(page % 251 + 1);
        ns[i] = now_ns() - start;
    }
    report("read-fault", ns, count);
    for (long i = 0; i < count; i++) {
        long page = nth_page(i, count), start = now_ns();

        pages[page * PAGE]++;
        ns[i] = now_ns() - start;
    }
    report("write-upgrade", ns, count);
    popcorn_migrate(0);
    for (long i = 0; i < count; i++) {
        wrong += pages[i * PAGE] != (unsigned char)(i % 251 + 2);
    }
    printf("wrong %ld\n", wrong);
    return wrong != 0;
}
