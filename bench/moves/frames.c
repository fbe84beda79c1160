/* Moves COUNT times, there and back, from below DEPTH frames of a recursion.
 *
 *   frames DEPTH COUNT
 *
 * Each frame has six values alive across the recursive call, all checked on
 * the way out. --stats of `popcorn run` says what capture and rebuild took. */
#include <popcorn.h>
#include <stdio.h>
#include <stdlib.h>

static int count;

static void move(void)
{
    for (int i = 0; i < count; i++) {
        int next = popcorn_current_nid() == 0;

        if (popcorn_migrate(next) != 0) {
            fprintf(stderr, "move %d to node %d declined: reason %d\n", i, next,
                    popcorn_last_decline());
            exit(1);
        }
    }
}

__attribute__((noinline)) static unsigned long
descend(long depth, unsigned long a, unsigned long b, unsigned long c,
        unsigned long d)
{
    unsigned long below;

    if (depth <= 1) {
        move();
        return a ^ b ^ c ^ d;
    }
    below = descend(depth - 1, a * 3 + 1, b ^ a, c + b, d * 5 + c);
    return below * 7 + (a ^ b) + (c ^ d) + (unsigned long)depth;
}

int main(int argc, char **argv)
{
    long depth = argc > 1 ? atol(argv[1]) : 10;

    count = argc > 2 ? atoi(argv[2]) : 2;
    printf("%lx\n", descend(depth, 1, 2, 3, 4));
    return 0;
}
