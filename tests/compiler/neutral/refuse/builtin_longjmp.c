void *buffer[5];
void f(void)
{
    __builtin_longjmp(buffer, 1); // refuse: use setjmp and longjmp of <setjmp.h>
}
