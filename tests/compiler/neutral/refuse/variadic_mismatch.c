float g(void)
{
    return 1;
}
int f(void) // refuse: calls a variadic function through a type without
{
    return ((int (*)(int, ...))g)(1);
}
