int f(int x)
{
    __asm__ volatile("dmb ish" : "+r"(x)); // refuse: inline assembly "dmb ish" in function 'f'
    return x;
}
