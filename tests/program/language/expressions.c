/* _Generic, compound literals, statement expressions, designated initialisers,
 * typeof, comma and conditional operators whose
 * operands move. */
#include "language.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct point2 {
    int x, y;
};
struct line {
    struct point2 from, to;
    const char *name;
};
struct vector {
    int n;
    int *at;
};

#define KIND(v)                                                                \
    _Generic((v),                                                              \
        char: "char",                                                          \
        int: "int",                                                            \
        unsigned: "unsigned",                                                  \
        long: "long",                                                          \
        float: "float",                                                        \
        double: "double",                                                      \
        long double: "long double",                                            \
        char *: "char *",                                                      \
        struct point2: "struct",                                               \
        default: "other")

static int add_int(int a, int b)
{
    point();
    return a + b;
}
static double add_double(double a, double b)
{
    point();
    return a + b;
}
static struct point2 add_point(struct point2 a, struct point2 b)
{
    point();
    return (struct point2){a.x + b.x, a.y + b.y};
}
#define ADD(a, b)                                                              \
    _Generic((a), int: add_int, double: add_double, struct point2: add_point)( \
        (a), (b))

#define MAX(a, b)                                                              \
    ({                                                                         \
        __typeof__(a) max_a = (a);                                             \
        point();                                                               \
        __typeof__(b) max_b = (b);                                             \
        max_a > max_b ? max_a : max_b;                                         \
    })

static NOINLINE int length(const struct line *line)
{
    point();
    return abs(line->to.x - line->from.x) + abs(line->to.y - line->from.y) +
           (int)strlen(line->name);
}

static NOINLINE int sum(struct vector v)
{
    int total = 0;

    for (int i = 0; i < v.n; i++) {
        total += v.at[i];
        point();
    }
    return total;
}

/* Literals live as long as their block; each round makes new ones. */
static NOINLINE int literals(int n)
{
    struct line *kept[3];
    int total = 0;

    for (int i = 0; i < n; i++) {
        struct line *l = &(struct line){{i, n}, {n, i}, "literal"};
        int *numbers = (int[]){i, i + 1, i + 2, n};
        point();
        total += length(l) * sum((struct vector){4, numbers});
        l->to.x = 0;
    }
    kept[0] = &(struct line){.name = "a", .to = {.y = n}};
    kept[1] = &(struct line){.from.x = n, .name = "bc"};
    kept[2] = &(struct line){{1, 2}, .to.x = 3, .to.y = 4, "def"};
    point();
    for (int i = 0; i < 3; i++) {
        total = total * 10 + length(kept[i]);
    }
    return total;
}

static int calls[32], count;
static NOINLINE int call(int n)
{
    point();
    calls[count++ % 32] = n;
    return n;
}

static NOINLINE int order(int a)
{
    int x = call(1) && call(0) && call(7);
    int y = call(0) || call(2) || call(8);
    int z = (call(3), call(4)) ? call(5) : call(6);
    int w = call(9) ?: call(10);

    x += a > 3 ? call(11) : (call(12), call(13));
    return x * 1000 + y * 100 + z * 10 + w;
}

static NOINLINE int gcd(int a, int b)
{
    return ({
        int t;
        while (b != 0) {
            t = a % b;
            a = b;
            b = t;
            point();
        }
        a;
    });
}

static const int ranges[] = {[0 ... 3] = 7, [10] = 1, [5 ... 6] = 9};
static int *const to_literal = (int[]){1, 2, 3};
static struct {
    const char *text;
    struct point2 *where;
    int (*function)(int);
} configured[] = {
    {.function = call, .text = "one", .where = &(struct point2){5, 6}},
    {"two", &(struct point2){.y = 8}, abs},
};

_Static_assert(sizeof(struct point2) == 8, "two ints");
_Static_assert(__builtin_types_compatible_p(__typeof__(1 ? 1 : 1L), long), "");

int main(void)
{
    struct point2 p = {0, 0};
    const char *kinds[] = {KIND('a'), KIND((char)'a'), KIND(1u),  KIND(1L),
                           KIND(1.f), KIND(1.),        KIND(1.L), KIND("text"),
                           KIND(p),   KIND(&p)};

    for (unsigned k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
        printf("%s ", kinds[k]);
    }
    p = ADD(((struct point2){1, 2}), ((struct point2){3, 4}));
    printf("\nadd %d %g %d,%d\n", ADD(1, 2), ADD(1.5, 2.5), p.x, p.y);
    printf("max %d %g %ld\n", MAX(hidden(3), 2) > 2, MAX(1.5, 2.5),
           MAX(hidden(-9), MAX(hidden(-8), -7L)));
    printf("literals %d\n", literals(6));
    printf("order %d", order(2));
    printf(" %d:", order(4));
    for (int k = 0; k < count; k++) {
        printf(" %d", calls[k]);
    }
    printf("\ngcd %d\n", gcd(1071, 462));
    printf("ranges %d %d %d %zu\n", ranges[2], ranges[6], ranges[hidden(9)],
           sizeof(ranges) / sizeof(ranges[0]));
    to_literal[1] += (int)hidden(40);
    printf("literal %d\n", to_literal[1]);
    for (int k = 0; k < 2; k++) {
        printf("configured %s %d %d\n", configured[k].text,
               configured[k].where->y, configured[k].function(-3 + k));
    }
    return 0;
}
