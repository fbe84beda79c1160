int f(int x)
{
    __asm__ volatile("nop" : "+r"(x)); // refuse: inline assembly "nop" in function 'f'
    return x;
}
