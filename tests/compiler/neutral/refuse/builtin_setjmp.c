void *buffer[5];
int f(void)
{
    return __builtin_setjmp(buffer); // refuse: __builtin_setjmp
}
