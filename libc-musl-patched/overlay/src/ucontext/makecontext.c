#define _GNU_SOURCE
#include <stdarg.h>
#include "fiber.h"

/* As many as passed in registers and 8 bytes each: an int is the lower half, and a
 * pointer is whole, on which programs rely. */
void makecontext(ucontext_t *context, void (*function)(), int count, ...)
{
	struct saved *saved = saved_in(context);
	struct fiber *fiber;
	va_list ap;

	if (count < 0 || count > MOST_ARGUMENTS)
		__popcorn_context_error("makecontext: more than 16 arguments. "
			"Pass a pointer to them");
	fiber = __popcorn_fiber_make(context->uc_stack.ss_sp,
		context->uc_stack.ss_size);
	if (!fiber) {
		saved->kind = SAVED_NO_MEMORY;
		return;
	}
	fiber->function = function;
	fiber->link = context->uc_link;
	fiber->count = count;
	va_start(ap, count);
	for (int i = 0; i < count; i++)
		fiber->arguments[i] = va_arg(ap, long);
	va_end(ap);
	if (saved->kind != SAVED_PLACE && saved->kind != SAVED_NO_PLACE)
		saved->fpenv = isa_get_fpenv();
	saved->kind = SAVED_SUSPENSION;
	saved->fiber = fiber;
	saved->suspension = fiber->suspensions;
}
