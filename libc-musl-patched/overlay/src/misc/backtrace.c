#include <execinfo.h>
#include "syscall.h"
#include "runtime/base/private_calls.h"

/* Not inlined: its own call is the innermost, and is left out. */
__attribute__((noinline)) int backtrace(void **addresses, int count)
{
	return count <= 0 ? 0 : __popcorn_syscall(POPCORN_CALL_BACKTRACE,
		(long)addresses, count, 1, 0, 0, 0);
}
