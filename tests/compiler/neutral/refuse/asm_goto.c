int f(void)
{
    __asm__ goto("" : : : : out); // refuse: asm goto in function 'f'
    return 1;
out:
    return 2;
}
