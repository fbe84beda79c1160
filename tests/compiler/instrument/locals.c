/* Locals whose address is taken: fixed, dynamic, aligned, large, shared. */
#include <stdint.h>

void report(const char *name, unsigned long value);

__attribute__((noinline)) long fill(long *p, long n)
{
    long s = 0;
    for (long i = 0; i < n; i++) {
        p[i] = i * n + 1;
        s += p[i];
    }
    report("fill", (unsigned long)s);
    return s;
}

__attribute__((noinline)) long small(long n)
{
    long v[4];
    fill(v, 4);
    return v[n & 3] + n;
}

__attribute__((noinline)) long vla(long n)
{
    long v[n];
    fill(v, n);
    long s = 0;
    for (long i = 0; i < n; i++) {
        long w[i + 1];
        fill(w, i + 1);
        s += w[i] + v[i];
    }
    return s;
}

__attribute__((noinline)) long grow(long n)
{
    long *last = 0, s = 0;
    for (long i = 1; i < n; i++) {
        long *p = __builtin_alloca(8 * (unsigned long)i);
        fill(p, i);
        p[0] = (long)last;
        last = p;
        s += (uintptr_t)p % 16;
    }
    for (long *p = last; p; p = (long *)p[0]) {
        s++;
    }
    return s;
}

__attribute__((noinline)) long aligned(long n)
{
    _Alignas(4096) long page[16];
    _Alignas(64) long line[3];
    fill(page, 16);
    fill(line, 3);
    report("aligned", (uintptr_t)page % 4096 + (uintptr_t)line % 64);
    return page[n & 15] + line[1];
}

__attribute__((noinline)) long huge(long n)
{
    long v[20000];
    fill(v, 20000);
    long a[8];
    fill(a, 8);
    return v[n * 100] + a[n & 7];
}

__attribute__((noinline)) long shared(long n)
{
    long s = 0;
    {
        long a[64];
        s += fill(a, 64) + a[n & 63];
    }
    {
        double b[64];
        for (int i = 0; i < 64; i++) {
            b[i] = (double)(i * n);
        }
        s += fill((long *)b, 3) + (long)b[n & 31];
    }
    {
        long c[70];
        s += fill(c, 70) + c[n & 63];
    }
    return s;
}

__attribute__((noinline)) long *escape(long **keep, long n)
{
    long v[2] = {n, n + 1};
    *keep = v;
    fill(*keep, 2);
    return v[0] == 1 ? 0 : *keep - 1 + 1 == v ? 0 : (long *)1;
}

__attribute__((noinline)) long early(long n)
{
    if (n < 3) {
        return n;
    }
    long v[3];
    long *p = n & 1 ? &v[1] : &v[2];
    fill(v, 3);
    while (n-- > 0) {
        *p += small(n);
        p = p == &v[1] ? &v[2] : &v[1];
    }
    return v[1] * 3 + v[2];
}

extern __thread char *__popcorn_data_stack;
volatile long size = 40;

/* Of a parameter's size, and so the first thing the function does. */
__attribute__((noinline)) long at_once(long n)
{
    long a[n];
    return fill(a, n) + a[0];
}

__attribute__((noinline)) long at_once_aligned(long n)
{
    long *a = __builtin_alloca_with_align((unsigned long)n, 64 * 8);
    long b[2] = {n, n + 1};
    return fill(a, n / 8) + fill(b, 2) + ((unsigned long)a % 64 == 0);
}

/* At each return the pointer is what it was. */
__attribute__((noinline)) long kept(void)
{
    char *before = __popcorn_data_stack;
    long s = at_once(size);
    s += at_once_aligned(size);
    report("lost", (unsigned long)(before - __popcorn_data_stack));
    return s;
}

/* What nobody reaches, which -O0 leaves where it is. */
__attribute__((noinline)) long dead(long n)
{
    return small(n);
again:
    n += small(n) + (n & 1 ? small(3) : 4) * small(5);
    {
        long v[n];
        n -= fill(v, n);
    }
    if (n < 100) {
        goto again;
    }
    return n;
}

unsigned long test(void)
{
    long *keep = 0;
    long s = small(2) + vla(9) + grow(12) + aligned(5) + huge(7) + shared(9);
    s += kept() + dead(3) + (long)escape(&keep, 4) + early(1) + early(20) +
         early(21);
    return (unsigned long)s;
}
