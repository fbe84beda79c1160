/* A function with setjmp whose later calls do not return: nothing is live after
 * them, and still each must list the frame token, or longjmp after a move
 * could not find the frame. */
#include <setjmp.h>
#include <stdlib.h>

static jmp_buf buffer;
static int rounds;

__attribute__((noinline)) static _Noreturn void jump(void)
{
    rounds++;
    longjmp(buffer, rounds);
}

int main(void)
{
    setjmp(buffer);
    if (rounds == 3) {
        exit(0);
    }
    if (rounds == 2) {
        jump();
    }
    rounds++;
    longjmp(buffer, 1);
}
