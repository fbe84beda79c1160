/* What a personality, or who makes a backtrace, may ask of a frame. */
#include "landings.h"

uintptr_t _Unwind_GetGR(struct _Unwind_Context *context, int index)
{
	return index == 0 ? context->object : index == 1 ? context->selector : 0;
}

void _Unwind_SetGR(struct _Unwind_Context *context, int index, uintptr_t value)
{
	if (index == 0) context->object = value;
	else if (index == 1) context->selector = value;
}

uintptr_t _Unwind_GetIP(struct _Unwind_Context *context)
{
	return context->address;
}

uintptr_t _Unwind_GetIPInfo(struct _Unwind_Context *context, int *before)
{
	*before = 0;
	return context->address;
}

/* The landing is where a personality goes on. */
void _Unwind_SetIP(struct _Unwind_Context *context, uintptr_t address)
{
}

uintptr_t _Unwind_GetCFA(struct _Unwind_Context *context)
{
	return context->token;
}

void *_Unwind_GetLanguageSpecificData(struct _Unwind_Context *context)
{
	return context->landing ? (void *)context->landing->clauses->clause : 0;
}

uintptr_t _Unwind_GetRegionStart(struct _Unwind_Context *context) { return 0; }
uintptr_t _Unwind_GetDataRelBase(struct _Unwind_Context *context) { return 0; }
uintptr_t _Unwind_GetTextRelBase(struct _Unwind_Context *context) { return 0; }
void *_Unwind_FindEnclosingFunction(void *address) { return 0; }
