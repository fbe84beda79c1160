/* The neutral half of sigsetjmp (include/setjmp.h): saves the mask if asked. */
#include <setjmp.h>
#include <signal.h>
#include "syscall.h"

struct __jmp_buf_tag *__popcorn_save_mask(struct __jmp_buf_tag *buf, int save)
{
	buf->__fl = save != 0;
	if (save)
		__syscall(SYS_rt_sigprocmask, SIG_SETMASK, 0, buf->__ss,
			_NSIG/8);
	return buf;
}
