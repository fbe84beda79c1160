#define _GNU_SOURCE
#include "fiber.h"
#undef getcontext

struct __jmp_buf_tag *__popcorn_take_context(ucontext_t *context)
{
	struct saved *saved = saved_in(context);

	context->uc_flags = 0;
	get_mask(&context->uc_sigmask);
	saved->kind = SAVED_PLACE;
	saved->fpenv = isa_get_fpenv();
	saved->fiber = __popcorn_fiber();
	return &saved->jump;
}

int __popcorn_context_taken(int again)
{
	return 0;
}

/* Called by its name: enough for makecontext. Nothing can return here twice. */
int getcontext(ucontext_t *context)
{
	__popcorn_take_context(context);
	saved_in(context)->kind = SAVED_NO_PLACE;
	return 0;
}
