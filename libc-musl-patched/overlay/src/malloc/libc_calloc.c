/* calloc for libc itself: never a program's own malloc. */
#define calloc __libc_calloc
#define malloc __libc_malloc

#include "calloc.c"
