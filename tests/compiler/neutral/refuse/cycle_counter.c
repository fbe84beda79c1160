unsigned long long f(void) // refuse: cycle counters
{
    return __builtin_readcyclecounter();
}
