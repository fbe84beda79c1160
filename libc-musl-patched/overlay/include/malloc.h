/* musl's names, and what glibc has to ask a heap about itself and to have it give
 * memory back. */
#ifndef	_MALLOC_H
#define	_MALLOC_H

#ifdef __cplusplus
extern "C" {
#endif

#define __NEED_size_t

#include <bits/alltypes.h>

void *malloc(size_t);
void *calloc(size_t, size_t);
void *realloc(void *, size_t);
void free(void *);
void *valloc(size_t);
void *memalign(size_t, size_t);

size_t malloc_usable_size(void *);

/* Gives memory that is free back to the system, but for so many bytes: 1, or 0 if there
 * was none. */
int malloc_trim(size_t);

/* The calling thread's heap. smblks, usmblks and fsmblks, of which glibc's is made, are
 * 0. */
struct mallinfo2 {
	size_t arena;    /* bytes of its segments, but for those in hblkhd */
	size_t ordblks;  /* free blocks */
	size_t smblks;
	size_t hblks;    /* blocks that have a segment of their own */
	size_t hblkhd;   /* bytes of these segments */
	size_t usmblks;
	size_t fsmblks;
	size_t uordblks; /* bytes of arena that are in blocks in use */
	size_t fordblks; /* the other bytes of arena */
	size_t keepcost; /* bytes free of any thread that malloc_trim(0) gives back whole */
};
struct mallinfo2 mallinfo2(void);

/* The same; what is too large is INT_MAX. */
struct mallinfo {
	int arena, ordblks, smblks, hblks, hblkhd;
	int usmblks, fsmblks, uordblks, fordblks, keepcost;
};
struct mallinfo mallinfo(void);

#ifdef __cplusplus
}
#endif

#endif
