#include "syscall.h"
#include "runtime/base/private_calls.h"

/* __builtin_return_address(level) of the caller, as backtrace() gives it. Not
 * inlined: the innermost calls are its own and its caller's. */
__attribute__((noinline)) void *__popcorn_return_address(unsigned level)
{
	void *address = 0;

	__popcorn_syscall(POPCORN_CALL_BACKTRACE, (long)&address, 1, level + 2,
		0, 0, 0);
	return address;
}
