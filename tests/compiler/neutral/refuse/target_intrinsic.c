void f(void) // refuse: is an instruction of one ISA
{
    __builtin_arm_dmb(11);
}
