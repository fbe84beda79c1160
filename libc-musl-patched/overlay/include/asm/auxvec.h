#ifndef _ASM_AUXVEC_H
#define _ASM_AUXVEC_H
#define AT_SYSINFO_EHDR 33
#define AT_VECTOR_SIZE_ARCH 2
#endif
