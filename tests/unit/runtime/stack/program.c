/* The program that moves at every migration point and system call: neutral C
 * with live values of each kind in each kind of place. Computes one number,
 * which the ways to run it compare. No address of code or of data with an
 * ISA-specific value is ever live, so every portable state is the same on
 * every ISA.
 */
#include <stddef.h>
#include <stdint.h>

extern long __popcorn_syscall_plain(long n, long a, long b, long c, long d,
                                    long e, long f);
extern int setjmp(unsigned long *) __attribute__((returns_twice));
extern void __popcorn_longjmp(unsigned long *, int) __attribute__((noreturn));

/* As libc defines them. */
__thread char *__popcorn_data_stack;
__thread struct {
    char *token;
    uint64_t site;
    void *thrown;
    uint64_t clause;
} __popcorn_jump;
__thread unsigned __popcorn_epoch;

uint64_t test_result;

static uint64_t mix(uint64_t a, uint64_t b)
{
    a ^= b;
    a *= 0xff51afd7ed558ccdu;
    return a ^ a >> 29;
}

/* A call that moves, and its result. */
__attribute__((noinline)) static long ask(long value)
{
    return __popcorn_syscall_plain(0x10008, value, 2, 3, 4, 5, 6);
}

__attribute__((noinline)) static double sum(const double *a, int n, double k)
{
    double s = 0;

    for (int i = 0; i < n; i++) {
        s += a[i] * k;
        if ((i & 3) == 0) {
            s += (double)ask(i);
        }
    }
    return s;
}

/* More live values than registers, arguments on the stack. */
__attribute__((noinline)) static uint64_t
many(uint64_t n, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
     uint64_t f, uint64_t g, uint64_t h, uint64_t i, uint64_t j, uint64_t k)
{
    uint64_t x;

    if (n == 0) {
        return mix(a, (uint64_t)ask((long)(b ^ c)));
    }
    x = many(n - 1, b + n, c, d, e, f, g, h, i, j, k, a);
    return mix(mix(mix(mix(x, a * 3 + b), c * 5 + d), e * 7 + f),
               mix(g * 11 + h, mix(i * 13 + j, k * 17 + n)));
}

__attribute__((noinline)) static unsigned __int128 wide(unsigned __int128 x,
                                                        int n)
{
    for (int i = 0; i < n; i++) {
        x = x * 3 + (uint64_t)ask(i) + ((unsigned __int128)i << 70);
    }
    return x;
}

__attribute__((noinline)) static long double quad(long double x, int n)
{
    for (int i = 1; i <= n; i++) {
        x = x / 3 + (long double)ask(i);
    }
    return x;
}

typedef uint32_t four __attribute__((vector_size(16)));

__attribute__((noinline)) static uint64_t vectors(four v, int n)
{
    four w = v * 7;
    float f = 1.5f;
    _Bool odd = 0;
    int8_t small = -5;

    for (int i = 0; i < n; i++) {
        small = (int8_t)(small * 3 + (int8_t)ask(i));
        w = w * v + (uint32_t)i;
        f = f * 1.25f + (float)small;
        odd ^= small & 1;
    }
    return mix(mix(w[0] ^ w[1], w[2] ^ w[3]), (uint64_t)(int64_t)f + odd);
}

/* Pointers to locals in a list that spans frames; a VLA. */
struct link {
    struct link *next;
    uint64_t value;
};

__attribute__((noinline)) static uint64_t chain(struct link *list, int n)
{
    struct link here = {list, (uint64_t)n * 0x9e37};
    uint16_t vla[n + 1];
    uint64_t total = 0;

    for (int i = 0; i <= n; i++) {
        vla[i] = (uint16_t)(i * n);
    }
    if (n > 0) {
        total = chain(&here, n - 1);
    } else {
        for (struct link *at = &here; at != NULL; at = at->next) {
            total = mix(total, at->value + (uint64_t)ask(1));
        }
    }
    for (int i = 0; i <= n; i++) {
        total = mix(total, vla[i]);
    }
    return total;
}

static unsigned long jump[32];

__attribute__((noinline)) static uint64_t deep(int n, uint64_t x)
{
    x = mix(x, (uint64_t)ask(n));
    if (n == 0) {
        __popcorn_longjmp(jump, (int)(x & 0xff) + 1);
    }
    return mix(deep(n - 1, x + 1), x);
}

/* Each longjmp finds another stack than setjmp left. */
__attribute__((noinline)) static uint64_t jumps(int rounds, uint64_t a,
                                                uint64_t b)
{
    volatile int round = 0;
    volatile uint64_t total = 0;
    int got = setjmp(jump);

    total = mix(total, (uint64_t)got + a * 3 + b);
    if (round < rounds) {
        round++;
        return deep(4 + round, a ^ b);
    }
    return mix(total, (uint64_t)ask((long)a) + b);
}

void test_entry(void)
{
    double a[10];
    uint64_t r = 1;

    for (int i = 0; i < 10; i++) {
        a[i] = (double)ask(i) * 0.75;
    }
    for (uint64_t n = 0; n < 8; n++) {
        r = mix(r, many(n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, r));
    }
    r = mix(r, (uint64_t)(sum(a, 10, 0.5) * 4));
    unsigned __int128 w = wide((unsigned __int128)r << 40 | 5, 9);
    r = mix(r, (uint64_t)(w >> 64) ^ (uint64_t)w);
    r = mix(r, (uint64_t)(quad(1.25L, 9) * 1000000));
    r = mix(r, vectors((four){1, 2, 3, (uint32_t)r}, 11));
    r = mix(r, chain(NULL, 7));
    r = mix(r, jumps(3, r, r >> 7));
    test_result = r;
}
