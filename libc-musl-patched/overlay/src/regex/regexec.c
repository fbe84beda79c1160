/* musl's file, in front of it an automaton (automaton.h). */
#include "atomic.h"
#include "automaton.h"

#define regexec static search_by_tre
#include "src/regex/regexec.c"
#undef regexec

enum answer { NO_MATCH, MATCH, ASK_TRE };

/* --- sets of TRE's states --- */

static void add(struct automaton *a, struct set *s, const tre_tnfa_transition_t *t)
{
	a->tnfa_state[t->state_id] = t->state;
	s->has_begun = 1;
	s->words[t->state_id / 64] |= (uint64_t)1 << t->state_id % 64;
}

static int is_equal(const struct set *a, const struct set *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

/* Where a match may begin. */
static void add_first(struct automaton *a, const tre_tnfa_t *tnfa, int is_begin,
                      struct set *s)
{
	uint64_t has_begun = s->has_begun;

	for (const tre_tnfa_transition_t *t = tnfa->initial; t->state; t++)
		if (is_begin || !(t->assertions & ASSERT_AT_BOL))
			add(a, s, t);
	s->has_begun = has_begun;
}

static int has_final(const struct automaton *a, const tre_tnfa_t *tnfa,
                     const struct set *s)
{
	for (int i = 0; i < tnfa->num_states; i++)
		if (s->words[i / 64] >> i % 64 & 1 &&
		    a->tnfa_state[i] == tnfa->final)
			return 1;
	return 0;
}

/* To where the character c leads from `from`. */
static void step(struct automaton *a, const tre_tnfa_t *tnfa,
                 const struct set *from, tre_char_t prev_c, int is_end,
                 struct set *to)
{
	for (int i = 0; i < tnfa->num_states; i++) {
		const tre_tnfa_transition_t *t = a->tnfa_state[i];
		if (!(from->words[i / 64] >> i % 64 & 1))
			continue;
		for (; t->state; t++) {
			if (t->code_min > (tre_cint_t)prev_c ||
			    t->code_max < (tre_cint_t)prev_c ||
			    (t->assertions & ASSERT_AT_EOL && !is_end) ||
			    CHECK_CHAR_CLASSES(t, tnfa, 0))
				continue;
			add(a, to, t);
		}
	}
}

/* --- the automaton's states --- */

/* NULL where there is no room for it. */
static struct state *state_of(struct automaton *a, const tre_tnfa_t *tnfa,
                              const struct set *s)
{
	struct state *new;

	for (int i = 0; i < a->count; i++)
		if (is_equal(&a->states[i]->set, s))
			return a->states[i];
	if (a->count == MOST_STATES || !(new = calloc(1, sizeof *new))) {
		a->is_unfit = 1;
		return NULL;
	}
	new->set = *s;
	new->is_match = has_final(a, tnfa, s);
	return a->states[a->count++] = new;
}

static struct state *next_state(struct automaton *a, const tre_tnfa_t *tnfa,
                                struct state *from, int c)
{
	struct set s = {{0}};

	step(a, tnfa, &from->set, c, 0, &s);
	add_first(a, tnfa, 0, &s);
	return from->next[c] = state_of(a, tnfa, &s);
}

static int is_fit(struct automaton *a, const tre_tnfa_t *tnfa)
{
	int lines = tnfa->cflags & REG_NEWLINE ? ASSERT_AT_BOL | ASSERT_AT_EOL : 0;

	if (tnfa->have_backrefs || tnfa->num_states > MOST_TNFA_STATES)
		return 0;
	for (const tre_tnfa_transition_t *t = tnfa->initial; t->state; t++)
		if (t->assertions & ~(ASSERT_AT_BOL & ~lines))
			return 0;
	for (unsigned i = 0; i < tnfa->num_transitions; i++) {
		const tre_tnfa_transition_t *t = &tnfa->transitions[i];
		int fits = ASSERT_CHAR_CLASS | ASSERT_CHAR_CLASS_NEG | ASSERT_AT_EOL;
		if (!t->state)
			continue;
		if (t->assertions & ~(fits & ~lines))
			return 0;
		a->has_end |= t->assertions & ASSERT_AT_EOL;
	}
	return 1;
}

static int prepare(struct automaton *a, const tre_tnfa_t *tnfa)
{
	struct set none = {{0}};

	if (a->count != 0 || a->is_unfit)
		return !a->is_unfit;
	if (is_fit(a, tnfa)) {
		add_first(a, tnfa, 0, &none);
		state_of(a, tnfa, &none);
	} else {
		a->is_unfit = 1;
	}
	return !a->is_unfit;
}

/* Does a match end behind the last character, c, that cannot end elsewhere? */
static int matches_at_end(struct automaton *a, const tre_tnfa_t *tnfa,
                          const struct state *from, int c)
{
	struct set s = {{0}};

	step(a, tnfa, &from->set, c, 1, &s);
	return has_final(a, tnfa, &s);
}

/* MATCH: none begins before *first. */
static enum answer run(struct automaton *a, const tre_tnfa_t *tnfa,
                       const char *text, int flags, const char **first)
{
	const unsigned char *at = (const unsigned char *)text;
	struct state *state, *next, *nothing;
	struct set s = {{0}};
	int ends = 0;

	*first = text;
	if (!prepare(a, tnfa))
		return ASK_TRE;
	ends = a->has_end && !(flags & REG_NOTEOL);
	nothing = a->states[0];
	add_first(a, tnfa, !(flags & REG_NOTBOL), &s);
	for (state = state_of(a, tnfa, &s);; state = next, at++) {
		if (state == nothing) {
			const unsigned char *from = at;
			/* As long as nothing begins. */
			while (*at != 0 && *at < ASCII && nothing->next[*at] == nothing)
				at++;
			/* What matches only at the end may begin and end with the
			 * last of these. */
			if (ends && *at == 0 && at != from)
				at--;
			*first = (const char *)at;
		}
		if (state == NULL)
			return ASK_TRE;
		if (state->is_match)
			return MATCH;
		if (*at == 0)
			return NO_MATCH;
		if (*at >= ASCII)
			return ASK_TRE;
		if (ends && at[1] == 0 && matches_at_end(a, tnfa, state, *at))
			return MATCH;
		next = state->next[*at];
		if (next == NULL)
			next = next_state(a, tnfa, state, *at);
	}
}

int regexec(const regex_t *restrict r, const char *restrict text, size_t count,
            regmatch_t match[restrict], int flags)
{
	const tre_tnfa_t *tnfa = r->__opaque;
	struct automaton *a = *automaton_of(r);
	enum answer answer = ASK_TRE;
	const char *first = text;
	int result;

	if (a != 0 && !a->is_unfit && a_cas(&a->is_used, 0, 1) == 0) {
		answer = run(a, tnfa, text, flags, &first);
		a_store(&a->is_used, 0);
	}
	if (answer == NO_MATCH)
		return REG_NOMATCH;
	if (answer == ASK_TRE)
		return search_by_tre(r, text, count, match, flags);
	if (count == 0 || tnfa->cflags & REG_NOSUB)
		return 0;
	result = search_by_tre(r, first, count, match,
	                       first == text ? flags : flags | REG_NOTBOL);
	for (size_t i = 0; i < count && result == 0; i++) {
		if (match[i].rm_so >= 0) {
			match[i].rm_so += first - text;
			match[i].rm_eo += first - text;
		}
	}
	return result;
}
