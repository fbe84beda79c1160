__float80 f(void) // refuse: use long double, which has 128 bits
{
    return 0;
}
