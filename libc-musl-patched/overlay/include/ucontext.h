/* getcontext is setjmp at the caller, for it returns once more if setcontext comes back
 * to it; the others are functions (docs/runtime.md, "Contexts"). */
#ifndef	_UCONTEXT_H
#define	_UCONTEXT_H

#ifdef __cplusplus
extern "C" {
#endif

#include <features.h>

#include <setjmp.h>
#include <signal.h>

#if defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
#define NGREG (sizeof(gregset_t)/sizeof(greg_t))
#endif

struct __ucontext;

int getcontext(struct __ucontext *);
void makecontext(struct __ucontext *, void (*)(), int, ...);
int setcontext(const struct __ucontext *);
int swapcontext(struct __ucontext *, const struct __ucontext *);

struct __jmp_buf_tag *__popcorn_take_context(struct __ucontext *);
int __popcorn_context_taken(int);
#define getcontext(context) \
	__popcorn_context_taken(setjmp(__popcorn_take_context(context)))

#ifdef __cplusplus
}
#endif

#endif
