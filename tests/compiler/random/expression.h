/* Random expressions whose value is the same in every correct build (compute.c
 * says how), printed to standard output. Variables in scope are used as leaves. */
#ifndef POPCORN_TESTS_EXPRESSION_H
#define POPCORN_TESTS_EXPRESSION_H

#include <stdint.h>

enum type { U32, U64, I32, I64, F32, F64, FQ, W128 };
enum { DEPTH = 3 };

extern const char *const type_name[];
extern int wide; /* long double and __int128; no libm function that rounds */

void random_start(uint64_t seed);
unsigned int random_below(unsigned int n);
int chance(int percent);

enum type any_integer(void);
enum type any_real(void);
enum type any_type(void);
int is_real(enum type type);
const char *suffix(enum type type); /* of a libm function */

/* Variables defined since scope() returned `first` are those from `first` on. */
int scope(void);
void end_scope(int first);
void variable(enum type type, const char *name);

void expression(enum type type, int depth);
void condition(int depth);

/* Adds a value, or all variables from `first` on, to the program's `sum`. */
void add(enum type type, const char *value);
void add_variables(int first);

/* `count` locals of random types made from `key`. Returns the first. */
int define_locals(const char *prefix, int count);

/* Assignments to variables from `first` on, with calls between. */
void statements(int first, int count);

#endif
