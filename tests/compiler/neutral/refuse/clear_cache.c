void f(char *code) // refuse: __builtin___clear_cache
{
    __builtin___clear_cache(code, code + 4);
}
