/* Vector extensions: every width and element, live over moves, as arguments,
 * results and members; shuffles, comparisons, conversions. */
#include "language.h"
#include <stdint.h>
#include <string.h>

typedef int8_t v8x16 __attribute__((vector_size(16)));
typedef uint8_t v8x8 __attribute__((vector_size(8)));
typedef int16_t v16x8 __attribute__((vector_size(16)));
typedef int32_t v32x4 __attribute__((vector_size(16)));
typedef int32_t v32x2 __attribute__((vector_size(8)));
typedef int32_t v32x8 __attribute__((vector_size(32)));
typedef int32_t v32x16 __attribute__((vector_size(64)));
typedef int64_t v64x2 __attribute__((vector_size(16)));
typedef int64_t v64x1 __attribute__((vector_size(8)));
typedef float f32x4 __attribute__((vector_size(16)));
typedef float f32x2 __attribute__((vector_size(8)));
typedef double f64x2 __attribute__((vector_size(16)));
typedef double f64x4 __attribute__((vector_size(32)));
typedef int32_t v32x3 __attribute__((ext_vector_type(3)));
typedef float f32x3 __attribute__((ext_vector_type(3)));

#define SHOW(v) printf(" %08x", hash(&(v), sizeof(v)))

#define INTEGERS(type)                                                         \
    static NOINLINE type work_##type(type a, type b)                           \
    {                                                                          \
        type kept = a * b + 3, mask;                                           \
        point();                                                               \
        mask = (type)(a > b);                                                  \
        kept ^= (a << 1) | (b & mask);                                         \
        point();                                                               \
        for (int i = 0; i < 3; i++) {                                          \
            kept += (kept >> 1) - ~a;                                          \
            point();                                                           \
        }                                                                      \
        return kept;                                                           \
    }                                                                          \
    static void test_##type(void)                                              \
    {                                                                          \
        type a, b, *heap = &b;                                                 \
        for (unsigned i = 0; i < sizeof(a) / sizeof(a[0]); i++) {              \
            a[i] = (__typeof__(a[0]))hidden(i * 37 - 50);                      \
            b[i] = (__typeof__(b[0]))(i * i + 3);                              \
        }                                                                      \
        a = work_##type(a, *heap);                                             \
        printf(#type);                                                         \
        SHOW(a);                                                               \
        b = work_##type(b, a);                                                 \
        SHOW(b);                                                               \
        printf(" %ld\n", (long)b[hidden(1) % (sizeof(b) / sizeof(b[0]))]);     \
    }
/* clang-format off */
INTEGERS(v8x16) INTEGERS(v8x8) INTEGERS(v16x8) INTEGERS(v32x4) INTEGERS(v32x2)
INTEGERS(v32x8) INTEGERS(v32x16) INTEGERS(v64x2) INTEGERS(v64x1)
/* clang-format on */

#define FLOATS(type)                                                           \
    static NOINLINE type work_##type(type a, type b)                           \
    {                                                                          \
        type kept = a * b + 3;                                                 \
        point();                                                               \
        kept -= a / b;                                                         \
        for (int i = 0; i < 3; i++) {                                          \
            kept = kept * a - b;                                               \
            point();                                                           \
        }                                                                      \
        return kept;                                                           \
    }                                                                          \
    static void test_##type(void)                                              \
    {                                                                          \
        type a, b;                                                             \
        for (unsigned i = 0; i < sizeof(a) / sizeof(a[0]); i++) {              \
            a[i] = (__typeof__(a[0] + 0))hidden(i * 3) / 4;                    \
            b[i] = (__typeof__(a[0] + 0))(i + 2);                              \
        }                                                                      \
        a = work_##type(a, b);                                                 \
        printf(#type);                                                         \
        SHOW(a);                                                               \
        printf(" %g %g\n", a[0], a[1]);                                        \
    }
    /* clang-format off */
FLOATS(f32x4) FLOATS(f32x2) FLOATS(f64x2) FLOATS(f64x4)
    /* clang-format on */

    struct vectors {
    char c;
    v32x4 a;
    f64x4 b;
    v32x2 d;
};

static NOINLINE struct vectors through(struct vectors s, int n, v32x8 large)
{
    point();
    s.a += n;
    s.b *= (double)n;
    s.d[0] += large[7];
    point();
    return s;
}

/* More vectors live over a call than registers, and arguments on the stack. */
static NOINLINE v32x4 many(v32x4 a, v32x4 b, f32x4 c, f64x2 d, v32x4 e, v32x4 f,
                           v32x4 g, v32x4 h, v32x4 i, v32x2 j, v8x16 k)
{
    v32x4 m = a * b, n = b - e, o = f ^ g, p = h + i, q = a | g, r = e & h;
    v32x4 from_float = __builtin_convertvector(c, v32x4);
    v64x2 from_double = __builtin_convertvector(d, v64x2);

    point();
    m += n * o - p;
    point();
    m ^= q + r + from_float + a + b + e + f + g + h + i;
    return m + (v32x4)from_double + j[1] + k[15];
}

static void shuffles(v32x4 a, v32x4 b)
{
    v32x4 c = __builtin_shufflevector(a, b, 0, 5, 2, 7);
    v32x4 more = a > b, chosen = (a & more) | (b & ~more);
    v16x8 narrow =
        __builtin_shufflevector((v16x8)a, (v16x8)b, 0, 2, 4, 6, 8, 10, 12, 14);
    f32x4 f = __builtin_convertvector(a, f32x4);
    v8x16 bytes;

    point();
    memcpy(&bytes, &c, sizeof(bytes));
    point();
    printf("shuffle %d %d %d %d, chosen %d %d, %d, %g, %d\n", c[0], c[1], c[2],
           c[3], chosen[0], chosen[3], narrow[5], f[2], bytes[4]);
    printf("reduce %d %d %d %d\n", __builtin_reduce_add(a),
           __builtin_reduce_max(b), __builtin_reduce_min(a),
           __builtin_elementwise_abs(a - b)[1]);
}

static void of_three(v32x3 a, f32x3 b)
{
    v32x3 c = a.zyx;

    point();
    c.xy += a.yz;
    b = b.xxy * 2.0f;
    point();
    printf("three %d %d %d %g %g %g %zu\n", c.x, c.y, c.z, b.x, b.y, b.z,
           sizeof(a));
}

int main(void)
{
    struct vectors s = {'c', {1, 2, 3, 4}, {1, 2, 3, 4}, {5, 6}};
    v32x4 a = {1, -2, 3, -4}, b = {5, 6, -7, 8}, r;
    v8x16 bytes = {0};

    bytes[15] = 9;
    test_v8x16();
    test_v8x8();
    test_v16x8();
    test_v32x4();
    test_v32x2();
    test_v32x8();
    test_v32x16();
    test_v64x2();
    test_v64x1();
    test_f32x4();
    test_f32x2();
    test_f64x2();
    test_f64x4();
    s = through(s, 3, (v32x8){1, 2, 3, 4, 5, 6, 7, 8});
    printf("struct %c %d %g %d\n", s.c, s.a[3], s.b[3], s.d[0]);
    r = many(a, b, (f32x4){1.5f, -2.5f, 3, 4}, (f64x2){1e6, -7.9}, a + b, a - b,
             a * b, b << 2, a ^ b, (v32x2){3, 4}, bytes);
    printf("many %d %d %d %d\n", r[0], r[1], r[2], r[3]);
    shuffles(a, b);
    of_three((v32x3){1, 2, 3}, (f32x3){1.5f, 2.5f, 3.5f});
    return 0;
}
