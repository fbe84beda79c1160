#include "isa/native.h"

void isa_pause(void)
{
    __asm__ volatile("pause");
}
