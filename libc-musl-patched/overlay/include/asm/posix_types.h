#ifndef _ASM_POSIX_TYPES_H
#define _ASM_POSIX_TYPES_H
/* Both ISAs' old system calls have ids of 16 bits. */
typedef unsigned short __kernel_old_uid_t;
typedef unsigned short __kernel_old_gid_t;
#define __kernel_old_uid_t __kernel_old_uid_t
#include <asm-generic/posix_types.h>
#endif
