/* Read by lower.sh, which looks for the neutral form of each function. */
#include <stdarg.h>

typedef struct {
    float a, b, c;
} hfa3;

hfa3 wide_return(float x)
{
    return (hfa3){x, x, x};
}

int variadic(int count, ...);
int unprototyped();

int call_variadic(void)
{
    return variadic(1, 2) + unprototyped(1, 2.0f);
}

double contracted(double a, double b, double c)
{
#pragma STDC FP_CONTRACT ON
    return a * b + c;
}

int computed_goto(int i)
{
    static void *const table[] = {&&one, &&two};

    goto *table[i];
one:
    return 1;
two:
    return 2;
}

void barrier(void)
{
    __asm__ volatile("" ::: "memory");
}

int hide(int x)
{
    __asm__ volatile("" : "+r"(x));
    return x;
}

char bytes[20];
int words[2];

void *return_address(void)
{
    return __builtin_return_address(0);
}

void *frame_address(void)
{
    return __builtin_frame_address(1);
}

/* Kept for later. */
void show(const char *text, void *address);
void *shown(int n)
{
    void *here = __builtin_return_address(0);

    if (n) {
        show("called from", here);
        return 0;
    }
    return here;
}
