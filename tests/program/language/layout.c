/* Bit-fields, unions, enums, flexible arrays, packed and aligned members: the
 * bytes of each and their values over moves. */
#include "language.h"
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct flags {
    unsigned a : 1, b : 3, c : 12, d : 16;
};
struct signed_fields {
    int a : 3, b : 7;
    signed char c : 5;
    long d : 40;
};
struct straddling {
    uint8_t a : 6;
    uint16_t b : 11;
    uint32_t c : 27;
};
struct zero_width {
    int a : 5;
    int : 0;
    int b : 5;
    char c;
    int d : 9;
};
struct __attribute__((packed)) packed_fields {
    int a : 5, b : 20, c : 30;
};
struct booleans {
    _Bool a : 1, b : 1;
    unsigned long c : 62;
};
enum small { FIRST, SECOND, LAST = 255 };
enum __attribute__((packed)) one_byte { TINY = 3 };
enum signed_values { MINUS = -1000000, PLUS = 1000000 };
struct with_enum {
    enum small e : 9;
    enum signed_values s : 22;
};
struct flexible {
    int count;
    struct {
        short a;
        char b;
    } items[];
};
union punned {
    float f;
    uint32_t u;
    unsigned char b[4];
    struct {
        unsigned m : 23, e : 8, s : 1;
    } bits;
};
struct aligned_member {
    char c;
    _Alignas(32) short s;
    char d;
};
struct anonymous {
    int kind;
    union {
        long number;
        struct {
            int x, y;
        };
        char text[12];
    };
};

static volatile struct flags volatile_flags;

static NOINLINE struct flags count_up(struct flags f, int by)
{
    for (int i = 0; i < by; i++) {
        f.a++;
        f.b += 2;
        f.c += 1000;
        f.d--;
        point();
    }
    return f;
}

static NOINLINE long fields(struct signed_fields *s, struct straddling *t)
{
    s->a = 3;
    s->b = -64;
    s->c = 16;
    s->d = -(1L << 39);
    point();
    s->a++;
    s->d--;
    t->a = 63;
    t->b = 2047;
    t->c = 0x5555555;
    point();
    t->b++;
    t->c += t->a;
    return s->a * 1000L + s->b + s->c + (s->d >> 30) + t->a + t->b + t->c;
}

static NOINLINE struct flexible *flexible(int n)
{
    struct flexible *f = malloc(sizeof(*f) + (size_t)n * sizeof(f->items[0]));

    f->count = n;
    for (int i = 0; i < n; i++) {
        f->items[i].a = (short)(i * 100);
        f->items[i].b = (char)('a' + i);
        point();
    }
    return f;
}

static struct flexible fixed = {3, {{1, 'x'}, {2, 'y'}, {3, 'z'}}};

#define SIZE(type) printf(#type " %zu %zu\n", sizeof(type), _Alignof(type))

int main(void)
{
    struct flags f = {1, 7, 4000, 5};
    struct signed_fields s;
    struct straddling t;
    struct zero_width z = {-3, 7, 'c', -200};
    struct packed_fields p = {-16, 12345, -99999};
    struct booleans b = {1, 0, 1UL << 61};
    struct with_enum e = {LAST, MINUS};
    struct flexible *flex;
    struct aligned_member member = {1, 2, 3};
    struct anonymous any = {.kind = 1, .x = 10, .y = 20};
    union punned pun = {.f = -6.5f};
    enum one_byte tiny = TINY;

    SIZE(struct flags);
    SIZE(struct signed_fields);
    SIZE(struct straddling);
    SIZE(struct zero_width);
    SIZE(struct packed_fields);
    SIZE(struct booleans);
    SIZE(enum small);
    SIZE(enum one_byte);
    SIZE(struct with_enum);
    SIZE(struct flexible);
    SIZE(union punned);
    SIZE(struct aligned_member);
    SIZE(struct anonymous);
    SIZE(long double);
    SIZE(__int128);
    SIZE(wchar_t);
    SIZE(max_align_t);

    f = count_up(f, 9);
    printf("flags %u %u %u %u %08x\n", f.a, f.b, f.c, f.d, hash(&f, sizeof(f)));
    volatile_flags.c = 77;
    point();
    volatile_flags.c++;
    volatile_flags.b = 5;
    printf("volatile %u %u\n", volatile_flags.c, volatile_flags.b);
    memset(&s, 0, sizeof(s));
    memset(&t, 0, sizeof(t));
    printf("fields %ld", fields(&s, &t));
    printf(" %08x %08x\n", hash(&s, sizeof(s)), hash(&t, sizeof(t)));
    point();
    printf("zero width %d %d %c %d\n", z.a, z.b, z.c, z.d);
    p.b += 3;
    p.c -= p.a;
    point();
    printf("packed %d %d %d %08x\n", p.a, p.b, p.c, hash(&p, sizeof(p)));
    b.a = hidden(0);
    b.b = hidden(17);
    b.c += (unsigned long)hidden(1);
    printf("booleans %d %d %lu\n", b.a, b.b, (unsigned long)b.c);
    e.s = (enum signed_values)hidden(PLUS);
    printf("enums %d %d %d\n", e.e, e.s, tiny);
    flex = flexible(9);
    printf("flexible %d %d %c %zu %08x\n", flex->count, flex->items[8].a,
           flex->items[8].b, offsetof(struct flexible, items),
           hash(flex->items, sizeof(flex->items[0]) * 9));
    free(flex);
    printf("fixed %d %c\n", fixed.items[2].a, fixed.items[hidden(1)].b);
    printf("pun %08x %u %u %u %d\n", pun.u, pun.bits.m, pun.bits.e, pun.bits.s,
           pun.b[3]);
    pun.bits.e++;
    point();
    printf("pun %g\n", pun.f);
    member.s += (short)hidden(5);
    printf("member %d %zu %d\n", member.s, offsetof(struct aligned_member, s),
           (int)((uintptr_t)&member.s % 32));
    any.y += (int)hidden(any.x);
    printf("anonymous %d %d %ld\n", any.x, any.y, any.number);
    return 0;
}
