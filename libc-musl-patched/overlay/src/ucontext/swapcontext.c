#define _GNU_SOURCE
#include "fiber.h"

int swapcontext(ucontext_t *context, const ucontext_t *to)
{
	struct saved *saved = saved_in(context);

	if (context == to)
		return 0;
	context->uc_flags = 0;
	get_mask(&context->uc_sigmask);
	saved->kind = SAVED_SUSPENSION;
	saved->fpenv = isa_get_fpenv();
	return __popcorn_fiber_switch(context, to);
}
