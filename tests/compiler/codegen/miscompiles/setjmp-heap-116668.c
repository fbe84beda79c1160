/* LLVM #116668 (and #198967, open), BasicAA: setjmp counts as unable to change memory that has
 * not escaped; prints "1 1 0 1" (right: "2 3 7 5"). -O1 to -O3, -Os (the third at -O2 and up). */
/* flags: -O1 -O2 -O3 -Os */
/* right: 2 3 7 5 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

static jmp_buf env;

__attribute__((noinline)) static void back(void)
{
    longjmp(env, 1);
}

__attribute__((noinline)) static void set_and_back(int *p)
{
    *p = 3;
    longjmp(env, 1);
}

__attribute__((noinline)) static int heap(void)
{
    int *p = malloc(sizeof *p);
    *p = 1;
    if (setjmp(env)) {
        int r = *p;
        free(p);
        return r;
    }
    *p = 2;
    back();
    return 0;
}

__attribute__((noinline)) static int heap_later(void)
{
    int *p = malloc(sizeof *p);
    *p = 1;
    if (setjmp(env)) {
        int r = *p;
        free(p);
        return r;
    }
    set_and_back(p);
    return 0;
}

__attribute__((noinline)) static int zeroed(void)
{
    int *p = calloc(4, sizeof *p);
    if (setjmp(env)) {
        int r = p[2];
        free(p);
        return r;
    }
    p[2] = 7;
    back();
    return 0;
}

__attribute__((noinline)) static int restricted(int *restrict p)
{
    *p = 1;
    if (setjmp(env)) {
        return *p;
    }
    *p = 5;
    back();
    return 0;
}

int main(void)
{
    int x;
    printf("%d %d %d %d\n", heap(), heap_later(), zeroed(), restricted(&x));
    return 0;
}
