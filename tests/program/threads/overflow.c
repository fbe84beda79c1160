/* overflow STACK: a handler on an alternate stack gets the fault of a thread
 * whose stack is full, at home and away, several times: of return addresses
 * (control) or of locals (data). STACK none: without an alternate stack nothing
 * can be called, and the signal ends the program. */
#define _GNU_SOURCE
#ifdef __popcorn__
#include <popcorn.h>
#else
#define popcorn_migrate(node) ((void)(node))
#endif
#include <setjmp.h>
#include <signal.h>
#include <string.h>

#include "threads.h"

#define ALTERNATE_BYTES 65536
#define THREAD_BYTES (4 << 20)

static const char *wanted;
static _Thread_local sigjmp_buf back;
static _Thread_local volatile int depth, seen;

static void on_fault(int number)
{
    char text[64]; /* a local in memory */

    seen += snprintf(text, sizeof text, "signal %d", number) == 9;
    siglongjmp(back, 1);
}

static NOINLINE int fill_control(int n)
{
    depth = n;
    return fill_control(n + 1) ^ depth;
}

static NOINLINE int fill_data(int n)
{
    volatile char local[5000];

    local[n % sizeof local] = 1;
    depth = n;
    return fill_data(n + 1) ^ local[n % sizeof local];
}

static void *overflow(void *unused)
{
    stack_t stack = {.ss_sp = malloc(ALTERNATE_BYTES),
                     .ss_size = ALTERNATE_BYTES};

    CHECK(strcmp(wanted, "none") == 0 || sigaltstack(&stack, NULL) == 0);
    for (int round = 0; round < 6; round++) {
        popcorn_migrate(round / 2 % 2);
        if (sigsetjmp(back, 1) == 0) {
            (strcmp(wanted, "data") == 0 ? fill_data : fill_control)(0);
        }
        CHECK(seen == round + 1 && depth > 100);
    }
    return unused;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK};
    pthread_attr_t attributes;
    pthread_t thread;

    wanted = argc > 1 ? argv[1] : "";
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, THREAD_BYTES) == 0);
    CHECK(pthread_create(&thread, &attributes, overflow, NULL) == 0);
    join(thread);
    overflow(NULL);
    puts("caught");
    return 0;
}
