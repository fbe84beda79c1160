/* Weak functions and variables that nobody defines are null, in whatever
 * expression the optimiser makes of them. */
#include <stdint.h>
#include <stdio.h>

#define WEAK __attribute__((weak))
extern int absent(int) WEAK;
extern int missing(int) WEAK;
extern void called(void) WEAK;
extern int absent_datum WEAK;
extern int absent_table[] WEAK;

static int own(int n) { return n + 1; }
int present(int n) WEAK;
int present(int n) { return n + 2; }

/* In initialisers, alone and in a row. */
static int (*const table[])(int) = {own, absent, present, missing};
static int (*volatile variable)(int) = absent;
static int *volatile datum = &absent_datum;

__attribute__((noinline)) static int apply(int (*f)(int), int n)
{
    return f ? f(n) : -1;
}

__attribute__((noinline)) static int select_one(int n)
{
    int (*f)(int) = n & 1 ? absent : own;

    if (!f) {
        f = present;
    }
    return f(n);
}

__attribute__((noinline)) static int guarded(int n)
{
    if (called) {
        called();
        return n;
    }
    if (absent) {
        n = absent(n) + absent(n + 1);
    }
    return missing == NULL ? n + 7 : missing(n);
}

__attribute__((noinline)) static int compared(int (*f)(int))
{
    return (f == absent) + 2 * (absent == missing) +
           4 * ((uintptr_t)absent < (uintptr_t)own) +
           8 * ((uintptr_t)missing == 0);
}

int main(int argc, char **argv)
{
    int count = 0;

    (void)argv;
    for (int i = 0; i < 4; i++) {
        count += table[i] != NULL;
    }
    printf("%d %d %d %d %d\n", count, select_one(argc), select_one(argc + 1),
           guarded(argc), compared(variable));
    if (count != 2 || select_one(1) != 3 || select_one(2) != 3 ||
        guarded(argc) != argc + 7 || compared(variable) != 15 ||
        compared(own) != 14 || apply(absent, 1) != -1 || apply(own, 1) != 2) {
        return 1;
    }
    if (variable != NULL || datum != NULL || &absent_datum != NULL ||
        absent_table != NULL) {
        return 2;
    }
    return 0;
}
