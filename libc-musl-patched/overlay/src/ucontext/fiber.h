/* Contexts over fibers (docs/runtime.md, "Contexts"): what the functions of <ucontext.h>
 * share. */
#ifndef FIBER_H
#define FIBER_H

#include <features.h>
#include <setjmp.h>
#include <ucontext.h>

#include "syscall.h"
#include "popcorn_native.h"
#include "runtime/base/fiber.h"

#define MOST_ARGUMENTS 16

enum fiber_state {
	FIBER_SUSPENDED,
	FIBER_RUNNING,
	FIBER_ENDED, /* its function has returned, the thread is about to leave it */
};

struct fiber {
	struct popcorn_fiber stack;
	volatile int state; /* enum fiber_state */
	int has_begun;
	unsigned long suspensions; /* so far; never set back */
	/* What makecontext was given. */
	void (*function)();
	long arguments[MOST_ARGUMENTS];
	int count;
	ucontext_t *link;
	void *low; /* end of its uc_stack, by which it is found again */
	struct fiber *next; /* of those in use, or those free */
};

/* What a ucontext_t names, in the room of it where a kernel puts vector registers. */
enum saved_kind {
	SAVED_PLACE = 0x706f7001, /* getcontext: `jump` in the fiber */
	SAVED_SUSPENSION,         /* that suspension of the fiber */
	SAVED_NO_PLACE,           /* getcontext, but not the one of <ucontext.h> */
	SAVED_NO_MEMORY,          /* makecontext found none */
};
struct saved {
	unsigned kind;
	unsigned fpenv;
	struct fiber *fiber;
	unsigned long suspension;
	struct __jmp_buf_tag jump;
};

static inline struct saved *saved_in(const ucontext_t *context)
{
	_Static_assert(sizeof(struct saved)
		<= sizeof context->uc_mcontext.__reserved, "room");
	return (struct saved *)context->uc_mcontext.__reserved;
}

/* The thread's mask as pthread_sigmask gives it, without a message to home. */
static inline void get_mask(sigset_t *mask)
{
	mask->__bits[0] = __popcorn_syscall_plain(POPCORN_CALL_MASK,
		0, 0, 0, 0, 0, 0) & ~0x380000000UL;
}

/* The one that runs in this thread. */
hidden struct fiber *__popcorn_fiber(void);

/* One for makecontext, suspended, that nobody else has; what had its locals at the same
 * address is given back. Null: no memory. */
hidden struct fiber *__popcorn_fiber_make(void *low, size_t bytes);

/* Goes on with `to`. left: where the present one is to be found, or null. Returns when
 * that is gone on with, 0; or at once, -1 with errno. */
hidden int __popcorn_fiber_switch(ucontext_t *left, const ucontext_t *to);

/* The program has done with contexts what nothing can come of. */
hidden _Noreturn void __popcorn_context_error(const char *text);

#endif
