unsigned long long f(void)
{
    unsigned low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high)); // refuse: inline assembly exists for one ISA only; use portable C
    return (unsigned long long)high << 32 | low;
}
