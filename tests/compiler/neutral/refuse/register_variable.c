register long sp __asm__("sp");
long f(void) // refuse: a global register variable
{
    return sp;
}
