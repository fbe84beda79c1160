/* What the compiler wrote of landings (docs/exceptions.md), and what a personality
 * gets to see of a frame. */
#ifndef UNWIND_LANDINGS_H
#define UNWIND_LANDINGS_H

#include <stdint.h>
#include <unwind.h>

#define CLAUSE_END 0
#define CLAUSE_CLEANUP (INT64_C(1) << 32)

/* selector > 0: `type` is caught, any if NULL. selector < 0: an exception specification:
 * `type` is how many types are allowed, and as many clauses with each follow. */
struct clause {
	int64_t selector;
	const void *type;
};

struct clauses {
	_Unwind_Personality_Fn personality;
	struct clause clause[]; /* up to CLAUSE_END */
};

/* By call site, ascending over the whole program. */
struct landing {
	uint32_t call_site;
	uint32_t landing_site;
	const struct clauses *clauses;
};

struct _Unwind_Context {
	uint64_t token;
	const struct landing *landing; /* or NULL */
	uintptr_t object, selector; /* general registers 0 and 1 */
	uintptr_t address; /* of a backtrace */
};

#endif
