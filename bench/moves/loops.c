/* Computes until a file goes away: three kinds of loops that have no call in
 * them, for the time from a request to the capture. `calls` is `scan` that
 * looks for the file 40 times as often, about every millisecond.
 *
 *   loops nest|scan|gather|calls FILE */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 96, BYTES = 1 << 16 };

static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];
static unsigned char bytes[BYTES];
static unsigned next[BYTES];

static void nest(void)
{
    for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < SIZE; j++) {
            double sum = c[i][j];
            for (int k = 0; k < SIZE; k++) {
                sum += a[i][k] * b[k][j];
            }
            c[i][j] = sum / 2;
        }
    }
}

static unsigned scan(void)
{
    unsigned sum = 0;

    for (int i = 0; i < BYTES; i++) {
        sum += bytes[i] * 3u;
    }
    return sum;
}

static unsigned gather(void)
{
    unsigned at = 0;

    for (int i = 0; i < BYTES; i++) {
        at = next[at] + (unsigned)i % 3;
        at %= BYTES;
    }
    return at;
}

int main(int argc, char **argv)
{
    const char *kind = argc > 1 ? argv[1] : "nest";
    const char *file = argc > 2 ? argv[2] : "/dev/null/none";
    unsigned long sum = 0;

    for (int i = 0; i < SIZE * SIZE; i++) {
        a[i / SIZE][i % SIZE] = i % 7;
        b[i / SIZE][i % SIZE] = i % 5;
    }
    for (unsigned i = 0; i < BYTES; i++) {
        bytes[i] = (unsigned char)(i * 31);
        next[i] = (i * 7919 + 13) % BYTES;
    }
    while (access(file, F_OK) == 0) { /* every 40 ms or so */
        if (strcmp(kind, "nest") == 0) {
            for (int i = 0; i < 40; i++) {
                nest();
            }
        } else if (strcmp(kind, "gather") == 0) {
            for (int i = 0; i < 80; i++) {
                sum += gather();
            }
        } else {
            for (int i = strcmp(kind, "scan") == 0 ? 16000 : 400; i > 0; i--) {
                sum += scan();
            }
        }
    }
    printf("%lu %g\n", sum, c[1][2]);
    return 0;
}
