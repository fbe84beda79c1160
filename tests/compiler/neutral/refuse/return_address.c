void g(void);
void *saved;

void f(void) // refuse: the result of __builtin_return_address is stored or used behind a call
{
    saved = __builtin_return_address(0);
    g();
}
