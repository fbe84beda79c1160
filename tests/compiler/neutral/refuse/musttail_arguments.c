int g(int a, int b, int c, int d, int e, int f, int h);
int f(int a, int b, int c, int d, int e, int f, int h) // refuse: arguments that are not in registers
{
    __attribute__((musttail)) return g(h, f, e, d, c, b, a);
}
