/* A function with hundreds of cases, as parser generators make: values of each live
 * across its calls, in slots that the cases share (or its frame is too large). */
#include "language.h"

enum { CASES = 600 };

struct node {
    long tag, left, right;
    double weight;
};

static struct node nodes[8];
static unsigned made;

static NOINLINE struct node *make(long tag, long left)
{
    struct node *node = &nodes[made++ % 8];

    *node = (struct node){tag, left, tag ^ left, 0.5 * (double)left};
    point();
    return node;
}

static NOINLINE long mix(long a, long b)
{
    return (a * 31) ^ (b + (a >> 7));
}

/* Each of a case's values has its own life. The constants are such that no two cases
 * can be made one. */
#define OF(n, factor, modulus) ((n) * (factor) % (modulus) + 1)
#define FOUR(name, n, factor)                                                  \
    long name##1 = state * OF(n, factor, 1009), name##2 = state ^ name##1 * 3, \
         name##3 = name##1 + (name##2 >> 5), name##4 = name##2 * name##3
#define SUM(name) ((name##1 ^ name##2) + (name##3 ^ name##4))
#define CASE(n)                                                                \
    case n: {                                                                  \
        FOUR(a, n, 7);                                                         \
        FOUR(b, n, 11);                                                        \
        FOUR(c, n, 13);                                                        \
        FOUR(d, n, 17);                                                        \
        FOUR(e, n, 19);                                                        \
        double weight = 0.5 * OF(n, 23, 997);                                  \
        struct node *node = make(a1 ^ b2, c3 ^ d4);                            \
        state = mix(SUM(a) ^ SUM(b), SUM(c) ^ SUM(d)) + SUM(e) + node->right + \
                (long)(weight + node->weight * 0.25);                          \
        break;                                                                 \
    }
#define CASES_10(n)                                                            \
    CASE(n)                                                                    \
    CASE(n + 1)                                                                \
    CASE(n + 2)                                                                \
    CASE(n + 3)                                                                \
    CASE(n + 4)                                                                \
    CASE(n + 5)                                                                \
    CASE(n + 6)                                                                \
    CASE(n + 7)                                                                \
    CASE(n + 8)                                                                \
    CASE(n + 9)
#define CASES_100(n)                                                           \
    CASES_10(n)                                                                \
    CASES_10(n + 10)                                                           \
    CASES_10(n + 20)                                                           \
    CASES_10(n + 30)                                                           \
    CASES_10(n + 40)                                                           \
    CASES_10(n + 50)                                                           \
    CASES_10(n + 60)                                                           \
    CASES_10(n + 70)                                                           \
    CASES_10(n + 80)                                                           \
    CASES_10(n + 90)

static NOINLINE long parse(int rounds, long state)
{
    for (int i = 0; i < rounds; i++) {
        switch ((unsigned long)state % CASES) {
            CASES_100(0)
            CASES_100(100)
            CASES_100(200)
            CASES_100(300)
            CASES_100(400)
            CASES_100(500)
        }
        state += i;
    }
    return state;
}

int main(void)
{
    for (int i = 0; i < 40; i++) {
        printf("%d %lx\n", i, parse(4, i));
    }
    return 0;
}
