/* Queens on a board: recursion with small bodies. */
#include <stdio.h>
#include <stdlib.h>

static long place(unsigned all, unsigned columns, unsigned left, unsigned right)
{
    long found = 0;

    if (columns == all) {
        return 1;
    }
    for (unsigned free = all & ~(columns | left | right); free != 0;
         free &= free - 1) {
        unsigned here = free & -free;
        found +=
            place(all, columns | here, (left | here) << 1, (right | here) >> 1);
    }
    return found;
}

int main(int argc, char **argv)
{
    int size = argc > 1 ? atoi(argv[1]) : 15;

    printf("%ld\n", place((1u << size) - 1, 0, 0, 0));
    return 0;
}
