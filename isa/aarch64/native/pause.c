#include "isa/native.h"

void isa_pause(void)
{
    __asm__ volatile("isb"); /* takes a while; yield is a nop on most */
}
