__attribute__((naked)) void f(void) // refuse: a naked function
{
    __asm__("ret");
}
