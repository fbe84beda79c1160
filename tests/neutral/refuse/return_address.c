void *f(void) // refuse: __builtin_return_address
{
    return __builtin_return_address(0);
}
