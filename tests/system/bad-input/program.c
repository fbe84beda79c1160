/* program COUNT [pages]: prints the numbers below COUNT, one each 5 ms, each
 * made from state on the heap, the stack and in .data.  pages: away from home it
 * also writes to memory that nobody looks at later. */
#include <popcorn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long total;

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 10;
    int writes = argc > 2 && strcmp(argv[2], "pages") == 0;
    volatile char *pages = malloc(64 * 4096);
    long *heap = malloc(sizeof *heap);
    long local = 0;

    *heap = 0;
    for (long i = 0; i < count; i++) {
        if (*heap != i || local != i || total != i) {
            printf("wrong %ld %ld %ld\n", *heap, local, total);
            return 1;
        }
        printf("%ld\n", i);
        fflush(stdout);
        if (writes && popcorn_current_nid() != 0) {
            for (size_t at = 0; at < 64 * 4096; at += 4096) {
                pages[at] = (char)i;
            }
        }
        ++*heap, ++local, ++total;
        if (count > 1) {
            usleep(5000);
        }
    }
    return 0;
}
