#ifndef _ASM_FCNTL_H
#define _ASM_FCNTL_H
/* As bits/fcntl.h has them. */
#define O_DIRECTORY 040000
#define O_NOFOLLOW 0100000
#define O_DIRECT 0200000
#define O_LARGEFILE 0400000
#include <asm-generic/fcntl.h>
#endif
