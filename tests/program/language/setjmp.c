/* setjmp and longjmp: back over frames that were captured on the other ISA, to
 * a buffer filled on the other ISA; many buffers, nested, in recursion. */
#include "language.h"
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static jmp_buf outer, inner;
static sigjmp_buf with_mask;

static NOINLINE void deep(int depth, jmp_buf where, int value)
{
    char own[100];

    memset(own, depth, sizeof(own));
    point();
    if (depth == 0) {
        longjmp(where, value);
    }
    deep(depth - 1, where, value);
    printf("not reached %u\n", hash(own, sizeof(own)));
}

static NOINLINE int once(int depth, int value)
{
    volatile int before = 10;
    int unchanged = value * 3, result;

    result = setjmp(outer);
    if (result == 0) {
        before = 20;
        point();
        deep(depth, outer, value);
    }
    point();
    return result * 1000 + before + unchanged;
}

/* The same buffer is jumped to again and again. */
static NOINLINE int loop(int rounds)
{
    volatile int count = 0, sum = 0;
    int value;

    value = setjmp(inner);
    sum += value;
    count++;
    point();
    if (count <= rounds) {
        deep(count % 4, inner, count);
    }
    return sum * 100 + count;
}

/* Each level has its own buffer; the innermost jumps to a chosen one. */
static NOINLINE int levels(int depth, jmp_buf *above[], int target)
{
    jmp_buf own;
    int value = setjmp(own), result;

    above[depth] = &own;
    point();
    if (value != 0) {
        return value * 10 + depth;
    }
    if (depth < 6) {
        result = levels(depth + 1, above, target);
        point();
        return result + 1000;
    }
    longjmp(*above[target], 7);
}

/* A buffer in the heap, a VLA and alloca between setjmp and longjmp. */
static NOINLINE int in_heap(int n)
{
    jmp_buf *buffer = malloc(sizeof(*buffer));
    volatile int rounds = 0;
    int value, kept = n * 7;

    switch (setjmp(*buffer)) {
    case 0:
        value = 1;
        break;
    case 5:
        value = 2;
        break;
    default:
        value = 3;
        break;
    }
    if (rounds++ < 3) {
        char text[n + rounds];
        memset(text, rounds, sizeof(text));
        point();
        if (hash(text, sizeof(text)) != 0) {
            deep(3, *buffer, rounds == 1 ? 5 : rounds);
        }
    }
    free(buffer);
    return value * 100 + rounds + kept;
}

/* longjmp out of a callback of qsort: libc's frames are jumped over. */
static int compares;

static int compare(const void *a, const void *b)
{
    point();
    if (++compares == 12) {
        longjmp(outer, 99);
    }
    return *(const int *)a - *(const int *)b;
}

static NOINLINE int out_of_qsort(void)
{
    int numbers[20];

    for (int i = 0; i < 20; i++) {
        numbers[i] = (i * 7) % 20;
    }
    if (setjmp(outer) != 0) {
        return compares;
    }
    qsort(numbers, 20, sizeof(numbers[0]), compare);
    return -1;
}

static int blocked(int signal)
{
    sigset_t mask;

    sigprocmask(SIG_SETMASK, NULL, &mask);
    return sigismember(&mask, signal);
}

static NOINLINE int masks(int save)
{
    sigset_t set;
    volatile int round = 0;
    int result;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_SETMASK, &set, NULL);
    if (sigsetjmp(with_mask, save) == 0) {
        sigaddset(&set, SIGUSR2);
        sigprocmask(SIG_SETMASK, &set, NULL);
        point();
        round++;
        siglongjmp(with_mask, 1);
    }
    point();
    result = round * 100 + blocked(SIGUSR1) * 10 + blocked(SIGUSR2);
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    return result;
}

/* Exceptions by setjmp: throw, catch, throw again. */
static jmp_buf *handler;

static NOINLINE void throw(int what)
{
    point();
    longjmp(*handler, what);
}

static NOINLINE int try(int depth)
{
    jmp_buf here, *volatile outside = handler;
    int thrown = setjmp(here);

    if (thrown == 0) {
        handler = &here;
        point();
        if (depth == 0) {
            throw(1);
        }
        try(depth - 1);
        return -1;
    }
    handler = outside;
    point();
    if (outside != NULL) {
        throw(thrown * 2 + 1);
    }
    return thrown;
}

/* Floating-point and wide values live across setjmp. */
static NOINLINE double values(double a, long double b, __int128 c)
{
    double d = a * 2;
    long double e = b / 3;
    __int128 f = c * c;
    int back = setjmp(inner);

    point();
    if (back < 3) {
        longjmp(inner, back + 1);
    }
    return d + (double)e + (double)f + back;
}

/* Variable arrays of before setjmp, and one of after it that is gone. */
static NOINLINE unsigned sized(int n)
{
    short numbers[n][n];
    volatile int rounds = 0;
    char text[n * 3];
    int back;

    memset(numbers, n, sizeof(numbers));
    memset(text, n + 1, sizeof(text));
    back = setjmp(outer);
    point();
    if (rounds++ < 3) {
        char gone[n * 100 * rounds];
        memset(gone, rounds, sizeof(gone));
        point();
        numbers[back % n][1] += gone[n];
        deep(2, outer, rounds);
    }
    return hash(numbers, sizeof(numbers)) + hash(text, sizeof(text)) +
           (unsigned)back;
}

int main(void)
{
    jmp_buf *above[7];

    printf("once %d %d %d\n", once(0, 1), once(3, 2), once(20, 3));
    printf("loop %d\n", loop(9));
    for (int target = 0; target < 7; target += 2) {
        printf("levels %d\n", levels(0, above, target));
    }
    printf("heap %d\n", in_heap(33));
    printf("qsort %d\n", out_of_qsort());
    printf("masks %d %d\n", masks(1), masks(0));
    printf("try %d\n", try(5));
    printf("values %.4f\n", values(1.5, 2.5L, ((__int128)1 << 40) + 1));
    printf("sized %08x %08x\n", sized(5), sized(17));
    return 0;
}
