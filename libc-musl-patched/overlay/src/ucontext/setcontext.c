#define _GNU_SOURCE
#include "fiber.h"

int setcontext(const ucontext_t *to)
{
	return __popcorn_fiber_switch(0, to);
}
