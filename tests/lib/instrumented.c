/* Runs `test` of an instrumented file natively, with the poll word 0 and 1,
 * on a data stack of its own. The real runtime's part is played by what is
 * below: nothing moves, but every migration point is taken. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t __popcorn_poll_word;
__thread char *__popcorn_data_stack;
__thread struct {
    char *token;
    uint64_t site;
    void *thrown;
    uint64_t clause;
} __popcorn_jump;
uint32_t poll_count;

static char stack[1 << 22] __attribute__((aligned(16)));

unsigned long test(void);

/* Called by test programs; native, so a plain call. */
void report(const char *name, unsigned long value)
{
    printf("%s %lx\n", name, value);
}

int main(int argc, char **argv)
{
    (void)argv;
    __popcorn_poll_word = argc > 1;
    memset(stack, 0xa5, sizeof(stack));
    __popcorn_data_stack = stack + sizeof(stack) - 64;
    char *top = __popcorn_data_stack;
    unsigned long result = test();
    if (__popcorn_data_stack != top) {
        fprintf(stderr, "data stack pointer is off by %td\n",
                __popcorn_data_stack - top);
        return 1;
    }
    printf("result %lx\n", result);
    fprintf(stderr, "polls taken: %u\n", poll_count);
    return 0;
}
