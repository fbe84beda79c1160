/* A regular expression as a deterministic automaton, built while it is used, that says
 * whether a text matches and from where on a match may begin. TRE, whose states it is
 * made of, then finds the submatches.
 *
 * Not for back references, word boundaries, and lines within the text; bytes that are
 * not ASCII are left to TRE. One thread at a time uses it, others use TRE. It belongs
 * to the regex_t from regcomp on, so copies of that have the same. */
#ifndef AUTOMATON_H
#define AUTOMATON_H

#include <regex.h>
#include <stdint.h>

enum {
	MOST_STATES = 64,
	MOST_TNFA_STATES = 256,
	SET_WORDS = MOST_TNFA_STATES / 64,
	ASCII = 128
};

struct set {
	uint64_t words[SET_WORDS]; /* of TNFA states, by number */
	uint64_t has_begun;        /* not all of them are where matches begin */
};

struct state {
	struct state *next[ASCII]; /* NULL: not yet known */
	struct set set;
	int is_match;
};

struct automaton {
	volatile int is_used;
	int is_unfit, has_end; /* end: what matches only at the end of the text */
	int count;
	struct state *states[MOST_STATES]; /* [0]: where no match has begun */
	void *tnfa_state[MOST_TNFA_STATES];
};

static inline struct automaton **automaton_of(const regex_t *r)
{
	return (struct automaton **)&((regex_t *)r)->__padding[0];
}

#endif
