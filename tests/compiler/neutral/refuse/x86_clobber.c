void f(void)
{
    __asm__ volatile("" : : : "rax"); // refuse: inline assembly exists for one ISA only; use portable C
}
