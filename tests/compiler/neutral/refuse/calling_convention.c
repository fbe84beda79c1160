__attribute__((preserve_most)) void f(void) // refuse: the calling convention of 'f'
{
}
