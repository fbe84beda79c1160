#ifndef _ASM_UNISTD_H
#define _ASM_UNISTD_H
/* The numbers of the neutral ABI are the generic ones. */
#include <bits/syscall.h>
#endif
