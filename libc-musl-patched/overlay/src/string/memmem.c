/* Looks, 64 bytes at a time, for two bytes of what is wanted that follow each other
 * and differ, and compares there. Where that is in vain too often, musl's two-way
 * search goes on, whose time is linear. */
#define _GNU_SOURCE
#include <stdint.h>
#include <string.h>

static void *search_two_way(const void *, size_t, const void *, size_t);

#define memmem search_two_way
#include "src/string/memmem.c"
#undef memmem

typedef unsigned char vector __attribute__((__vector_size__(16)));
typedef unsigned char unaligned
	__attribute__((__vector_size__(16), __aligned__(1), __may_alias__));
typedef uint64_t halves __attribute__((__vector_size__(16)));

enum { CHUNK = 64, BLOCK = 64 * CHUNK, FREE_WORK = 4096 };

static inline vector load(const unsigned char *p)
{
	return *(const unaligned *)p;
}

/* Is `first` followed by `second` anywhere in 64 bytes? Reads 65. */
static inline int has_pair(const unsigned char *p, vector first, vector second)
{
	halves found = {0};

	for (int i = 0; i < CHUNK; i += 16)
		found |= (halves)((load(p + i) == first) &
		                  (load(p + i + 1) == second));
	return (found[0] | found[1]) != 0;
}

/* The first chunk of a block with the pair, or its end. A loop without points of
 * migration: it is short. */
static __attribute__((__noinline__)) size_t
find_chunk(const unsigned char *p, unsigned char first, unsigned char second)
{
	vector a = (vector){0} + first, b = (vector){0} + second;

	for (size_t i = 0; i < BLOCK / CHUNK; i++)
		if (has_pair(p + i * CHUNK, a, b))
			return i * CHUNK;
	return BLOCK;
}

void *memmem(const void *text, size_t bytes, const void *wanted, size_t length)
{
	const unsigned char *t = text, *w = wanted, *at;
	const unsigned char *end = t + bytes - length; /* the last place */
	size_t edge = 0, work = 0;

	if (length == 0)
		return (void *)text;
	if (bytes < length)
		return 0;
	if (length == 1)
		return memchr(text, *w, bytes);
	while (edge < length - 2 && w[edge] == w[edge + 1])
		edge++;
	if (w[edge] == w[edge + 1])
		return search_two_way(text, bytes, wanted, length);
	for (at = t; at <= end;) {
		size_t left = (size_t)(end - at) + 1, here = left;

		if (left > BLOCK) {
			size_t skipped = find_chunk(at + edge, w[edge], w[edge + 1]);
			at += skipped;
			if (skipped == BLOCK)
				continue;
			here = CHUNK;
		} else if (left > CHUNK) {
			vector a = (vector){0} + w[edge], b = (vector){0} + w[edge + 1];
			here = CHUNK;
			if (!has_pair(at + edge, a, b)) {
				at += CHUNK;
				continue;
			}
		}
		for (size_t i = 0; i < here; i++, at++) {
			if (at[edge] != w[edge] || at[edge + 1] != w[edge + 1])
				continue;
			if (memcmp(at, w, length) == 0)
				return (void *)at;
			work += length;
		}
		if (work > FREE_WORK + 4 * (size_t)(at - t))
			return search_two_way(at, (size_t)(t + bytes - at), w, length);
	}
	return 0;
}
