void f(void)
{
    __builtin_ia32_pause(); // refuse: a builtin of one ISA or of another compiler
}
