/* C11 atomics, __atomic and __sync builtins of every width over moves. */
#include "language.h"
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#define C11(type, name)                                                        \
    static NOINLINE void name(type start)                                      \
    {                                                                          \
        static _Atomic type global;                                            \
        _Atomic type local = start, *heap = malloc(sizeof(*heap));             \
        type expected = (type)(start + 1), got;                                \
        int failed;                                                            \
        atomic_init(heap, start);                                              \
        atomic_store(&global, (type)(start * 2));                              \
        point();                                                               \
        got = atomic_fetch_add(&local, 5);                                     \
        got ^= atomic_fetch_sub_explicit(&global, 3, memory_order_relaxed);    \
        point();                                                               \
        got ^= atomic_fetch_or(heap, 0x41);                                    \
        got ^= atomic_fetch_and_explicit(heap, 0x7c, memory_order_acq_rel);    \
        got ^= atomic_fetch_xor(heap, 0x11);                                   \
        point();                                                               \
        failed = !atomic_compare_exchange_strong(heap, &expected, 1);          \
        while (!atomic_compare_exchange_weak(heap, &expected,                  \
                                             (type)(expected + 9))) {          \
            point();                                                           \
        }                                                                      \
        local++;                                                               \
        local -= 2;                                                            \
        point();                                                               \
        local *= 3;                                                            \
        got ^= atomic_exchange(&global, 100);                                  \
        printf(#name " %ld %ld %ld %ld %d\n", (long)local, (long)global,       \
               (long)*heap, (long)got, failed);                                \
        free(heap);                                                            \
    }
C11(signed char, chars)
C11(unsigned short, shorts)
C11(int, ints)
C11(unsigned long, longs)

#define SYNC(type, name)                                                       \
    static NOINLINE void name(type start)                                      \
    {                                                                          \
        static type v;                                                         \
        type got;                                                              \
        v = start;                                                             \
        got = __sync_fetch_and_add(&v, 7);                                     \
        point();                                                               \
        got ^= __sync_add_and_fetch(&v, 7);                                    \
        got ^= __sync_fetch_and_nand(&v, 0x5a);                                \
        point();                                                               \
        got ^= __sync_val_compare_and_swap(&v, v, (type)(v + 3));              \
        got = (type)(got + __sync_bool_compare_and_swap(&v, 1, 2));            \
        got ^= __sync_lock_test_and_set(&v, 9);                                \
        point();                                                               \
        got ^= __sync_sub_and_fetch(&v, 4);                                    \
        __sync_synchronize();                                                  \
        got ^= __atomic_fetch_max(&v, 50, __ATOMIC_SEQ_CST);                   \
        got ^= __atomic_nand_fetch(&v, 3, __ATOMIC_RELEASE);                   \
        printf(#name " %ld %ld\n", (long)v, (long)got);                        \
        __sync_lock_release(&v);                                               \
        printf(#name " %ld\n", (long)v);                                       \
    }
#undef MAX
SYNC(unsigned char, sync_chars)
SYNC(short, sync_shorts)
SYNC(unsigned, sync_ints)
SYNC(long, sync_longs)

static NOINLINE void pointers(void)
{
    static int numbers[4] = {10, 20, 30, 40};
    _Atomic(int *) p = numbers;
    atomic_flag flag = ATOMIC_FLAG_INIT;
    _Atomic _Bool truth = 0;
    int before, after;

    atomic_fetch_add(&p, 2);
    point();
    printf("pointer %d", *p);
    p--;
    printf(" %d\n", *atomic_load(&p));
    before = atomic_flag_test_and_set(&flag);
    point();
    after = atomic_flag_test_and_set_explicit(&flag, memory_order_acquire);
    atomic_flag_clear(&flag);
    truth = truth || after;
    point();
    atomic_thread_fence(memory_order_seq_cst);
    atomic_signal_fence(memory_order_seq_cst);
    printf("flag %d %d %d %d\n", before, after, atomic_flag_test_and_set(&flag),
           truth);
    printf("lock free %d %d\n", atomic_is_lock_free(&p),
           __atomic_always_lock_free(8, 0));
}

/* Floating point and small structs. */
struct pair {
    int a, b;
};

static NOINLINE void others(void)
{
    static _Atomic struct pair pair;
    static _Atomic double d = 1.5;
    _Atomic float f = 2;
    struct pair want = {0, 0}, now;
    double seen = d, wanted;

    point();
    atomic_store(&pair, ((struct pair){3, 4}));
    if (!atomic_compare_exchange_strong(&pair, &want, ((struct pair){9, 9}))) {
        point();
        atomic_compare_exchange_strong(&pair, &want, ((struct pair){5, 6}));
    }
    now = atomic_load(&pair);
    do {
        wanted = seen * 2 + 1;
        point();
    } while (!atomic_compare_exchange_weak(&d, &seen, wanted));
    f += 0.5f;
    point();
    f *= 3;
    printf("pair %d %d, double %g, float %g\n", now.a, now.b, (double)d,
           (double)f);
}

int main(void)
{
    chars(-7);
    shorts(65530);
    ints(-100000);
    longs(1UL << 63);
    sync_chars(250);
    sync_shorts(-5);
    sync_ints(77);
    sync_longs(-1);
    pointers();
    others();
    return 0;
}
