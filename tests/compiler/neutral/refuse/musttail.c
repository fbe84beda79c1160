int g(int x);
int f(int x) // refuse: musttail call
{
    __attribute__((musttail)) return g(x);
}
