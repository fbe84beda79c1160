void *f(void) // refuse: builtin that looks into the machine stack
{
    return __builtin_dwarf_cfa();
}
