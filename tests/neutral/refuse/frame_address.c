void *f(void) // refuse: __builtin_frame_address of a caller
{
    return __builtin_frame_address(1);
}
