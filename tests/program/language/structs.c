/* Structs and unions by value: every size from 1 to 40 bytes, homogeneous
 * floating-point aggregates, mixed, nested, packed, empty, in registers and on
 * the stack, as arguments and results, over moves. */
#include "language.h"
#include <stdint.h>
#include <string.h>

/* clang-format off */
#define FOR_EACH_SIZE(X)                                                      \
    X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13)      \
    X(14) X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25)   \
    X(26) X(27) X(28) X(29) X(30) X(31) X(32) X(33) X(34) X(35) X(36) X(37)   \
    X(38) X(39) X(40)
/* clang-format on */

#define SIZED(n)                                                               \
    struct bytes##n {                                                          \
        unsigned char b[n];                                                    \
    };                                                                         \
    static NOINLINE struct bytes##n make_bytes##n(int seed)                    \
    {                                                                          \
        struct bytes##n s;                                                     \
        for (int i = 0; i < n; i++) {                                          \
            s.b[i] = (unsigned char)(seed + i * 3);                            \
        }                                                                      \
        return s;                                                              \
    }                                                                          \
    static NOINLINE struct bytes##n pass_bytes##n(                             \
        int before, struct bytes##n s, struct bytes##n t, double after)        \
    {                                                                          \
        point();                                                               \
        s.b[n - 1] += t.b[0] + before;                                         \
        s.b[0] ^= (unsigned char)after;                                        \
        return s;                                                              \
    }                                                                          \
    static void test_bytes##n(void)                                            \
    {                                                                          \
        struct bytes##n s = make_bytes##n(n), t = make_bytes##n(n * 2);        \
        point();                                                               \
        s = pass_bytes##n(n, s, t, 7.5);                                       \
        printf("bytes %d %08x %08x\n", n, hash(&s, sizeof(s)),                 \
               hash(&t, sizeof(t)));                                           \
    }
FOR_EACH_SIZE(SIZED)

/* Homogeneous aggregates: up to 4 travel in vector registers, 5 in memory. */
#define HOMOGENEOUS(type, n)                                                   \
    struct type##_##n {                                                        \
        type v[n];                                                             \
    };                                                                         \
    static NOINLINE struct type##_##n scale_##type##_##n(                      \
        struct type##_##n s, type by, struct type##_##n add)                   \
    {                                                                          \
        point();                                                               \
        for (int i = 0; i < n; i++) {                                          \
            s.v[i] = s.v[i] * by + add.v[n - 1 - i];                           \
        }                                                                      \
        return s;                                                              \
    }                                                                          \
    static void test_##type##_##n(void)                                        \
    {                                                                          \
        struct type##_##n s, add;                                              \
        for (int i = 0; i < n; i++) {                                          \
            s.v[i] = (type)(i + 1);                                            \
            add.v[i] = (type)(i * 10);                                         \
        }                                                                      \
        s = scale_##type##_##n(s, 3, add);                                     \
        point();                                                               \
        s = scale_##type##_##n(s, 2, s);                                       \
        printf(#type " %d:", n);                                               \
        for (int i = 0; i < n; i++) {                                          \
            printf(" %g", (double)s.v[i]);                                     \
        }                                                                      \
        printf("\n");                                                          \
    }
typedef long double quad;
#define FOR_EACH_COUNT(X, type)                                                \
    X(type, 1) X(type, 2) X(type, 3) X(type, 4) X(type, 5) X(type, 8)
FOR_EACH_COUNT(HOMOGENEOUS, float)
FOR_EACH_COUNT(HOMOGENEOUS, double)
FOR_EACH_COUNT(HOMOGENEOUS, quad)
FOR_EACH_COUNT(HOMOGENEOUS, short)
FOR_EACH_COUNT(HOMOGENEOUS, long)

struct mixed {
    float f;
    int i;
    double d;
};
struct nested {
    struct {
        char c;
        struct {
            short s;
            float f;
        } in;
    } a;
    long l;
};
struct __attribute__((packed)) packed {
    char c;
    int i;
    double d;
    short s;
};
struct empty {
};
struct holder {
    struct empty e;
    int i;
    struct empty f;
};
struct aligned {
    _Alignas(32) int i;
    char c;
};
struct float_pair {
    struct {
        float x, y;
    } p;
    float z;
};
union number {
    int i;
    float f;
    double d;
};
union block {
    char c[24];
    long l;
};
struct with_pointer {
    char *text;
    size_t length;
};
struct with_array {
    int count;
    int v[3];
    union number n;
};
enum colour { RED, GREEN = 5, BLUE = -3 };
struct with_enum {
    enum colour c : 8;
    _Bool on;
};

static NOINLINE struct mixed mixed(struct mixed a, struct mixed *b)
{
    point();
    return (struct mixed){a.f + b->f, a.i * b->i, a.d - b->d};
}

static NOINLINE struct nested nested(struct nested a, int n)
{
    point();
    a.a.in.f *= (float)n;
    a.a.c++;
    a.l -= n;
    return a;
}

static NOINLINE struct packed packed(struct packed a, struct packed b)
{
    point();
    a.i += b.i;
    a.d *= b.d;
    a.s -= b.s;
    return a;
}

static NOINLINE struct holder holder(struct empty e, struct holder h, int i)
{
    (void)e;
    point();
    h.i += i;
    return h;
}

static NOINLINE struct aligned aligned(int a, struct aligned b, char c)
{
    point();
    b.i += a + ((uintptr_t)&b % 32 != 0) * 1000;
    b.c = c;
    return b;
}

static NOINLINE union number number(union number a, int as_float)
{
    point();
    if (as_float) {
        a.f += 1.5f;
    } else {
        a.i += 1;
    }
    return a;
}

static NOINLINE union block block(union block a, struct float_pair p)
{
    point();
    a.c[23] = (char)(p.p.x + p.p.y + p.z);
    a.l++;
    return a;
}

static NOINLINE struct with_array with_array(struct with_array a,
                                             struct with_enum e)
{
    point();
    for (int i = 0; i < a.count; i++) {
        a.v[i] += e.c + e.on;
    }
    a.n.d /= 2;
    return a;
}

static NOINLINE struct with_pointer advance(struct with_pointer a, size_t by)
{
    point();
    return (struct with_pointer){a.text + by, a.length - by};
}

/* So many that most go on the stack, each in another class. */
static NOINLINE long crowd(struct bytes3 a, struct double_2 b, struct bytes16 c,
                           int d, struct float_4 e, struct bytes17 f,
                           struct quad_2 g, long h, struct mixed i,
                           struct bytes12 j, struct double_4 k, char l,
                           struct packed m, struct bytes40 n, float o,
                           union number p, struct bytes1 q, struct aligned r)
{
    long sum;

    point();
    sum = a.b[2] + (long)b.v[1] + c.b[15] + d + (long)e.v[3] + f.b[16];
    point();
    sum += (long)g.v[1] + h + (long)i.d + j.b[11] + (long)k.v[3] + l;
    sum += m.s + n.b[39] + (long)o + p.i + q.b[0] + r.c;
    return sum;
}

/* Through pointers to functions that take and give structs. */
static struct bytes24 (*volatile by_pointer)(int, struct bytes24,
                                             struct bytes24,
                                             double) = pass_bytes24;

int main(void)
{
    struct mixed m = {1.5f, 2, 3.5}, m2 = {10, 20, 30};
    struct nested n = {{'a', {2, 1.25f}}, 100};
    struct packed p = {'p', 5, 2.5, 7};
    struct holder h = {{}, 5, {}};
    struct aligned a = {3, 'x'};
    union number u = {.f = 0.25f};
    union block b;
    struct with_array w = {3, {1, 2, 3}, {.d = 9}};
    struct with_pointer text = {"0123456789", 10};
    struct bytes24 s;

#define TEST(n) test_bytes##n();
    FOR_EACH_SIZE(TEST)
#undef TEST
#define TEST(type, n) test_##type##_##n();
    FOR_EACH_COUNT(TEST, float)
    FOR_EACH_COUNT(TEST, double)
    FOR_EACH_COUNT(TEST, quad)
    FOR_EACH_COUNT(TEST, short)
    FOR_EACH_COUNT(TEST, long)

    m = mixed(m, &m2);
    printf("mixed %g %d %g\n", m.f, m.i, m.d);
    n = nested(n, 3);
    printf("nested %c %d %g %ld\n", n.a.c, n.a.in.s, n.a.in.f, n.l);
    p = packed(p, p);
    printf("packed %c %d %g %d %zu\n", p.c, p.i, p.d, p.s, sizeof(p));
    h = holder((struct empty){}, h, 6);
    printf("holder %d %zu\n", h.i, sizeof(h));
    a = aligned(1, a, 'y');
    printf("aligned %d %c\n", a.i, a.c);
    u = number(u, 1);
    printf("number %g", u.f);
    u.i = 41;
    u = number(u, 0);
    printf(" %d\n", u.i);
    memset(&b, 1, sizeof(b));
    b = block(b, (struct float_pair){{1, 2}, 3});
    printf("block %d %d\n", b.c[23], b.c[0]);
    w = with_array(w, (struct with_enum){BLUE, 1});
    printf("array %d %d %d %g\n", w.v[0], w.v[1], w.v[2], w.n.d);
    text = advance(advance(text, 2), 3);
    printf("pointer %s %zu\n", text.text, text.length);
    printf("crowd %ld\n",
           crowd(make_bytes3(1), (struct double_2){{1, 2}}, make_bytes16(2), 3,
                 (struct float_4){{1, 2, 3, 4}}, make_bytes17(3),
                 (struct quad_2){{5, 6}}, 4, m, make_bytes12(5),
                 (struct double_4){{1, 2, 3, 4}}, 'l', p, make_bytes40(6), 1.5f,
                 u, make_bytes1(9), a));
    s = by_pointer(1, make_bytes24(2), make_bytes24(3), 4);
    printf("by pointer %08x\n", hash(&s, sizeof(s)));
    return 0;
}
