/* musl's file, and an automaton for what it compiles. */
#include <stdlib.h>
#include <features.h>
#include "automaton.h"

hidden int __tre_compile(regex_t *restrict, const char *restrict, int);
hidden void __tre_free(regex_t *);

#define regcomp __tre_compile
#define regfree __tre_free
#include "src/regex/regcomp.c"
#undef regcomp
#undef regfree

int regcomp(regex_t *restrict r, const char *restrict pattern, int flags)
{
	int result = __tre_compile(r, pattern, flags);

	*automaton_of(r) = result == 0 ? calloc(1, sizeof(struct automaton)) : 0;
	return result;
}

void regfree(regex_t *r)
{
	struct automaton *a = *automaton_of(r);

	if (r->__opaque != 0 && a != 0) {
		for (int i = 0; i < a->count; i++)
			free(a->states[i]);
		free(a);
		*automaton_of(r) = 0;
	}
	__tre_free(r);
}
