struct point { double x, y, z; };
struct point g(int x);
struct point f(int x) // refuse: structure through memory
{
    __attribute__((musttail)) return g(x);
}
