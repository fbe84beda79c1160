/* LLVM #213232, GlobalsAA: a static pointer to itself counts as never having its address
 * taken; prints 2 (right: 0). -O1 to -O3, -Os. */
/* flags: -O1 -O2 -Os */
/* right: 0 */
#include <stdio.h>

static void *self;
static long seen;

__attribute__((noinline)) static void clear(void)
{
    *(void **)self = 0;
    if (self) {
        seen = 2;
    }
}

int main(void)
{
    self = &self;
    clear();
    printf("%ld\n", seen);
    return 0;
}
