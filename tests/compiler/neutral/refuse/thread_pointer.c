void *f(void) // refuse: __builtin_thread_pointer
{
    return __builtin_thread_pointer();
}
