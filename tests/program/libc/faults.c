/* A handler of a fault that jumps out of it, on one node: a fault away from
 * home ends the program (docs/runtime.md). */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

#include "check.h"

static sigjmp_buf with_mask;

static int blocked(int signal)
{
    sigset_t now;

    sigprocmask(SIG_SETMASK, NULL, &now);
    return sigismember(&now, signal);
}

static void on_fault(int signal)
{
    (void)signal;
    siglongjmp(with_mask, 1);
}

static void test_out_of_handler(void)
{
    volatile int faults = 0;
    char *volatile nowhere = NULL;

    signal(SIGSEGV, on_fault);
    if (sigsetjmp(with_mask, 1) != 0) {
        faults++;
    }
    if (faults < 3) {
        *nowhere = 1;
    }
    CHECK(faults == 3 && !blocked(SIGSEGV));
    signal(SIGSEGV, SIG_DFL);
}

int main(void)
{
    test_out_of_handler();
    return finish("faults");
}
