#include <setjmp.h>
jmp_buf here;
int g(int x);
int f(int x) // refuse: setjmp
{
    if (setjmp(here) != 0)
        return 0;
    __attribute__((musttail)) return g(x);
}
