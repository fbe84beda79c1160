int f(int n)
{
    int add(int x) { return x + n; } // refuse: nested functions are an extension of GCC
    return add(1);
}
