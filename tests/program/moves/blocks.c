/* memcpy, memmove and memset of every length around a piece, overlapping both
 * ways: the compiler does long ones in pieces with points in between. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 200000 };
static unsigned char a[SIZE], b[SIZE];
static unsigned state = 1;

static unsigned number(unsigned below)
{
    state = state * 1664525u + 1013904223u;
    return (unsigned)((unsigned long long)state * below >> 32);
}

/* Each byte and its place counts. */
static unsigned hash(unsigned h, const unsigned char *from)
{
    for (size_t i = 0; i < SIZE; i++) {
        h = (h ^ from[i]) * 16777619u;
    }
    return h;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 60;

    for (int i = 0; i < SIZE; i++) {
        a[i] = (unsigned char)number(256);
    }
    for (int r = 0; r < rounds; r++) {
        size_t length = number(r % 3 ? 100 : 60000);
        size_t to = number(100000), from = to + number(300) - 150;
        if (from > SIZE - length) {
            from = number(100000);
        }
        switch (r % 4) {
        case 0:
            memmove(a + to, a + from, length);
            break;
        case 1:
            memcpy(b + to, a + from, length);
            break;
        case 2:
            memset(a + to, r, length);
            break;
        case 3:
            memmove(b + from, b + to, length);
            break;
        }
        if (r % 20 == 0) {
            memcpy(b + 3, a + 1, 150000);
            memmove(a + 7, a, 100001);
            memmove(a, a + 5, 50001);
            memset(b + r, r, 70000);
        }
        printf("%d %u\n", r, hash(hash(r, a), b));
    }
    return 0;
}
