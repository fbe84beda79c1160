/* The unwinder: the same on every ISA.
 *
 * All that it knows of a control stack is the token and call site of those frames that
 * have a landing (docs/exceptions.md).  Both are the same wherever the thread is, so it
 * may move at any of its migration points, between two steps and in what they lead to:
 * nothing is kept over a step but the exception object.  Each step asks for the frames
 * anew, counted from its own.
 *
 * Source: Itanium C++ ABI, "Exception Handling"; the phases are its. */
#include "landings.h"
#include "runtime/base/private_calls.h"
#include "runtime/base/unwind.h"

#define AT_ONCE 8

long __popcorn_syscall(long, long, long, long, long, long, long);

extern const struct landing __start_popcorn_landings[] __attribute__((weak));
extern const struct landing __stop_popcorn_landings[] __attribute__((weak));

/* The landing of a call site, or NULL: of calls in a function with setjmp. */
static const struct landing *find_landing(uint64_t call_site)
{
	const struct landing *low = __start_popcorn_landings;
	const struct landing *high = __stop_popcorn_landings;
	while (low < high) {
		const struct landing *middle = low + (high - low) / 2;
		if (middle->call_site < call_site) low = middle + 1;
		else high = middle;
	}
	return low < __stop_popcorn_landings && low->call_site == call_site ? low : 0;
}

/* These two are part of the function that makes the step, for frames are counted from
 * the one that makes the call. */
#define tokens(frames, room, first) \
	__popcorn_syscall(POPCORN_CALL_TOKENS, (long)(frames), room, (long)(first), 0, 0, 0)
#define land(context) do { \
	__popcorn_syscall(POPCORN_CALL_LAND, (long)(context).token, \
		(context).landing->landing_site, (long)(context).object, \
		(long)(context).selector, 0, 0); \
	__builtin_trap(); \
} while (0)

static _Unwind_Reason_Code ask(struct _Unwind_Context *context, _Unwind_Action action,
	struct _Unwind_Exception *e)
{
	return context->landing->clauses->personality(1, action, e->exception_class, e,
		context);
}

/* The second phase, from here to the next frame with something to do. A frame that has
 * done its cleanup is at the call of _Unwind_Resume then, which does not land. */
static __attribute__((noinline)) _Unwind_Reason_Code go_on(struct _Unwind_Exception *e)
{
	struct popcorn_unwind_frame frame;
	for (uint64_t first = 0; tokens(&frame, 1, first); first = frame.number + 1) {
		struct _Unwind_Context context = {.token = frame.token,
			.landing = find_landing(frame.call_site)};
		if (!context.landing)
			continue;
		int is_handler = context.token == e->private_2;
		switch (ask(&context, _UA_CLEANUP_PHASE
			| (is_handler ? _UA_HANDLER_FRAME : 0), e)) {
		case _URC_INSTALL_CONTEXT:
			land(context);
		case _URC_CONTINUE_UNWIND:
			if (is_handler)
				__builtin_trap(); /* it said that it handles it */
			break;
		default:
			return _URC_FATAL_PHASE2_ERROR;
		}
	}
	return _URC_END_OF_STACK;
}

/* What is forced goes on to the end of the stack, or where `stop` jumps. */
static __attribute__((noinline)) _Unwind_Reason_Code force(struct _Unwind_Exception *e)
{
	_Unwind_Stop_Fn stop = (_Unwind_Stop_Fn)e->private_1;
	const _Unwind_Action action = _UA_FORCE_UNWIND | _UA_CLEANUP_PHASE;
	struct popcorn_unwind_frame frame;
	struct _Unwind_Context context = {0};
	for (uint64_t first = 0; tokens(&frame, 1, first); first = frame.number + 1) {
		context = (struct _Unwind_Context){.token = frame.token,
			.landing = find_landing(frame.call_site)};
		if (!context.landing)
			continue;
		if (stop(1, action, e->exception_class, e, &context,
			(void *)e->private_2) != _URC_NO_REASON)
			return _URC_FATAL_PHASE2_ERROR;
		switch (ask(&context, action, e)) {
		case _URC_INSTALL_CONTEXT:
			land(context);
		case _URC_CONTINUE_UNWIND:
			break;
		default:
			return _URC_FATAL_PHASE2_ERROR;
		}
	}
	context = (struct _Unwind_Context){0};
	if (stop(1, action | _UA_END_OF_STACK, e->exception_class, e, &context,
		(void *)e->private_2) != _URC_NO_REASON)
		return _URC_FATAL_PHASE2_ERROR;
	return _URC_END_OF_STACK;
}

__attribute__((noinline)) _Unwind_Reason_Code
_Unwind_RaiseException(struct _Unwind_Exception *e)
{
	struct popcorn_unwind_frame frames[AT_ONCE];
	for (uint64_t first = 0;; first = frames[AT_ONCE - 1].number + 1) {
		long count = tokens(frames, AT_ONCE, first);
		for (long i = 0; i < count; i++) {
			struct _Unwind_Context context = {.token = frames[i].token,
				.landing = find_landing(frames[i].call_site)};
			if (!context.landing)
				continue;
			switch (ask(&context, _UA_SEARCH_PHASE, e)) {
			case _URC_HANDLER_FOUND:
				e->private_1 = 0;
				e->private_2 = context.token;
				return go_on(e);
			case _URC_CONTINUE_UNWIND:
				break;
			default:
				return _URC_FATAL_PHASE1_ERROR;
			}
		}
		if (count < AT_ONCE)
			return _URC_END_OF_STACK;
	}
}

__attribute__((noinline)) _Unwind_Reason_Code _Unwind_ForcedUnwind(
	struct _Unwind_Exception *e, _Unwind_Stop_Fn stop, void *argument)
{
	e->private_1 = (uintptr_t)stop;
	e->private_2 = (uintptr_t)argument;
	return force(e);
}

__attribute__((noinline)) void _Unwind_Resume(struct _Unwind_Exception *e)
{
	if (e->private_1) force(e);
	else go_on(e);
	__builtin_trap();
}

__attribute__((noinline)) _Unwind_Reason_Code
_Unwind_Resume_or_Rethrow(struct _Unwind_Exception *e)
{
	return e->private_1 ? force(e) : _Unwind_RaiseException(e);
}

void _Unwind_DeleteException(struct _Unwind_Exception *e)
{
	if (e->exception_cleanup)
		e->exception_cleanup(_URC_FOREIGN_EXCEPTION_CAUGHT, e);
}

__attribute__((noinline)) _Unwind_Reason_Code
_Unwind_Backtrace(_Unwind_Trace_Fn visit, void *argument)
{
	uintptr_t addresses[AT_ONCE];
	long skip = 1, count; /* not this function, as others do */
	do {
		count = __popcorn_syscall(POPCORN_CALL_BACKTRACE, (long)addresses, AT_ONCE,
			skip, 0, 0, 0);
		for (long i = 0; i < count; i++) {
			struct _Unwind_Context context = {.address = addresses[i]};
			if (visit(&context, argument) != _URC_NO_REASON)
				return _URC_FATAL_PHASE1_ERROR;
		}
		skip += count;
	} while (count == AT_ONCE);
	return _URC_END_OF_STACK;
}
