/* setjmp, longjmp and their signal-mask forms. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

#include "check.h"

static jmp_buf outer, inner;
static sigjmp_buf with_mask;

static void descend(int depth, int value)
{
    char filler[64];

    memset(filler, depth, sizeof filler);
    if (depth == 0) {
        longjmp(outer, value);
    }
    descend(depth - 1, value);
    CHECK(filler[0] == depth);
}

static void test_values(void)
{
    volatile int seen = 0;
    int array[4] = {1, 2, 3, 4};
    int value = setjmp(outer);

    if (value != 0) {
        CHECK(value == seen || (seen == 0 && value == 1));
    }
    if (seen < 5) {
        seen++;
        CHECK(array[0] == 1 && array[3] == 4);
        descend(seen * 10, seen);
    }
    CHECK(seen == 5);
    if (setjmp(outer) == 0) {
        longjmp(outer, 0);
    } else {
        CHECK(seen == 5);
    }
}

static void test_nested(void)
{
    volatile int steps = 0;

    if (setjmp(outer) == 0) {
        if (setjmp(inner) == 0) {
            steps += 1;
            longjmp(inner, 1);
        }
        steps += 10;
        longjmp(outer, 1);
    }
    CHECK(steps == 11);
}

static int blocked(int signal)
{
    sigset_t now;

    sigprocmask(SIG_SETMASK, NULL, &now);
    return sigismember(&now, signal);
}

static void test_mask(void)
{
    sigset_t set;
    volatile int round = 0;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    if (sigsetjmp(with_mask, 1) == 0) {
        sigprocmask(SIG_BLOCK, &set, NULL);
        siglongjmp(with_mask, 2);
    }
    CHECK(!blocked(SIGUSR1));
    if (sigsetjmp(with_mask, 0) == 0) {
        sigprocmask(SIG_BLOCK, &set, NULL);
        round = 1;
        siglongjmp(with_mask, 3);
    }
    CHECK(round == 1 && blocked(SIGUSR1));
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int main(void)
{
    test_values();
    test_nested();
    test_mask();
    return finish("setjmp");
}
