/* The jump is native. This is a function whose address a program may take: that
 * of a native one is another on each ISA. */
#include <setjmp.h>
#include "features.h"

_Noreturn void __popcorn_longjmp(jmp_buf, int);

_Noreturn void longjmp(jmp_buf buf, int ret)
{
	__popcorn_longjmp(buf, ret);
}

weak_alias(longjmp, _longjmp);
