/* The personality of C: __attribute__((cleanup)) with -fexceptions. Nothing is caught. */
#include "landings.h"

_Unwind_Reason_Code __gcc_personality_v0(int version, _Unwind_Action action,
	_Unwind_Exception_Class class, struct _Unwind_Exception *e,
	struct _Unwind_Context *context)
{
	if (action & _UA_SEARCH_PHASE)
		return _URC_CONTINUE_UNWIND;
	_Unwind_SetGR(context, 0, (uintptr_t)e);
	_Unwind_SetGR(context, 1, 0);
	return _URC_INSTALL_CONTEXT;
}
