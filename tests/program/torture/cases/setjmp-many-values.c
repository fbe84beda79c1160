// Forty variables across three hundred calls, in a function that calls setjmp: where
// LLVM coalesces no registers, each call has a slot for each of them, and the frame
// was too large for frame maps (Qhull's rbox).
#include <setjmp.h>

static jmp_buf place;
static long calls;
static int jumped;

__attribute__((noinline)) static long next(long value)
{
    if (++calls == 200 && !jumped) {
        jumped = 1;
        longjmp(place, 1);
    }
    return value * 3 + calls;
}

#define VARIABLES(X) \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) \
    X(15) X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) \
    X(28) X(29) X(30) X(31) X(32) X(33) X(34) X(35) X(36) X(37) X(38) X(39)
#define DEFINE(n) long v##n = n;
#define CHANGE(n) v##n += next(v##n) & 0xff; if (v##n & 1) v##n ^= next(n);
#define ADD(n) sum = sum * 31 + v##n;
#define BODY \
    VARIABLES(DEFINE) \
    VARIABLES(CHANGE) VARIABLES(CHANGE) VARIABLES(CHANGE) VARIABLES(CHANGE) \
    VARIABLES(ADD)

__attribute__((noinline)) static long with_setjmp(void)
{
    long sum = 0;

    if (setjmp(place) != 0) {
        calls = 0;
    }
    BODY
    return sum;
}

__attribute__((noinline)) static long without(void)
{
    long sum = 0;

    calls = 0;
    BODY
    return sum;
}

int main(void)
{
    long sum = with_setjmp();

    return !jumped || sum != without();
}
