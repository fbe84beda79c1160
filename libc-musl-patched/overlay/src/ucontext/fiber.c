/* Switching, and the fibers there are.
 *
 * A function that switches may go on in another thread: what it finds in thread-local
 * variables, and their addresses, is of before. So what is done before a switch and what
 * after it are functions apart, which are not inlined.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "atomic.h"
#include "lock.h"
#include "pthread_impl.h"
#include "fiber.h"

#include "runtime/base/layout.h"

#define LEAST_FRAME_BYTES 1024
#define LEAST_CONTROL_BYTES ((size_t)POPCORN_CONTROL_STACK_LEAST)
#define KEPT_STACKS 64
#define CHAINS 256

static _Thread_local struct {
	struct fiber first; /* the thread's own control stack */
	struct fiber *running; /* null: first */
	/* During a switch. */
	struct fiber *left;
	ucontext_t *left_in;
	const ucontext_t *wanted;
} here;

struct fiber *__popcorn_fiber(void)
{
	if (!here.running) {
		here.running = &here.first;
		here.first.state = FIBER_RUNNING;
		here.first.has_begun = 1;
	}
	return here.running;
}

_Noreturn void __popcorn_context_error(const char *text)
{
	static const char head[] = "popcorn: error: ";

	write(2, head, sizeof head - 1);
	write(2, text, strlen(text));
	write(2, "\n", 1);
	abort();
}

/* --- fibers there are --- */

static struct fiber *chain[CHAINS], *unused;
static int kept_stacks;
static volatile int lock[1];

static struct fiber **chain_of(void *low)
{
	return &chain[((uintptr_t)low >> 12 ^ (uintptr_t)low >> 20) % CHAINS];
}

/* Signals are blocked inside: a handler may switch, and the lock would stay taken. */
static void take_lock(sigset_t *mask)
{
	__block_app_sigs(mask);
	LOCK(lock);
}

static void give_lock(sigset_t *mask)
{
	UNLOCK(lock);
	__restore_sigs(mask);
}

static void unmap_stack(struct fiber *fiber)
{
	if (fiber->stack.control_base)
		munmap((void *)fiber->stack.control_base,
			fiber->stack.control_bytes);
	fiber->stack.control_base = 0;
}

static void clean(struct fiber *fiber)
{
	free((void *)fiber->stack.frames);
	fiber->stack.frames = fiber->stack.frames_room = 0;
	fiber->stack.frame_bytes = fiber->stack.context = 0;
	fiber->has_begun = 0;
}

/* Out of its chain, with what it has: nobody refers to it any more. */
static struct fiber *find_suspended_locked(void *low)
{
	for (struct fiber **p = chain_of(low); *p; p = &(*p)->next) {
		struct fiber *fiber = *p;
		if (fiber->low == low && a_cas(&fiber->state, FIBER_SUSPENDED,
			FIBER_ENDED) == FIBER_SUSPENDED) {
			*p = fiber->next;
			return fiber;
		}
	}
	return 0;
}

struct fiber *__popcorn_fiber_make(void *low, size_t bytes)
{
	size_t control_bytes = bytes < LEAST_CONTROL_BYTES
		? LEAST_CONTROL_BYTES : bytes;
	struct fiber *fiber;
	sigset_t mask;

	control_bytes = (control_bytes + 2 * POPCORN_GUARD_BYTES - 1)
		& -(size_t)POPCORN_GUARD_BYTES;
	take_lock(&mask);
	fiber = find_suspended_locked(low);
	if (!fiber && (fiber = unused)) {
		unused = fiber->next;
		kept_stacks -= fiber->stack.control_base != 0;
	}
	give_lock(&mask);
	if (!fiber && !(fiber = calloc(1, sizeof *fiber)))
		return 0;
	clean(fiber);
	if (fiber->stack.control_bytes < control_bytes) {
		unmap_stack(fiber);
		fiber->stack.control_bytes = control_bytes;
	}
	fiber->stack.data_stack = ((uintptr_t)low + bytes) & -16UL;
	fiber->low = low;
	fiber->suspensions++;
	take_lock(&mask);
	fiber->next = *chain_of(low);
	*chain_of(low) = fiber;
	fiber->state = FIBER_SUSPENDED;
	give_lock(&mask);
	return fiber;
}

/* The thread stands on another one's stack. */
static void give_back(struct fiber *fiber)
{
	struct fiber **p;
	sigset_t mask;
	int is_kept;

	clean(fiber);
	take_lock(&mask);
	for (p = chain_of(fiber->low); *p != fiber; p = &(*p)->next);
	*p = fiber->next;
	is_kept = fiber->stack.control_base != 0 && kept_stacks < KEPT_STACKS;
	kept_stacks += is_kept;
	give_lock(&mask);
	if (!is_kept)
		unmap_stack(fiber);
	take_lock(&mask);
	fiber->next = unused;
	unused = fiber;
	give_lock(&mask);
}

/* --- switching --- */

static _Noreturn void begin(void *);

static void claim(struct fiber *fiber, const struct saved *saved)
{
	if (a_cas(&fiber->state, FIBER_SUSPENDED, FIBER_RUNNING)
		!= FIBER_SUSPENDED)
		__popcorn_context_error("a context that has ended, or that "
			"another thread runs, cannot be resumed");
	if (saved->kind == SAVED_SUSPENSION
		&& saved->suspension != fiber->suspensions)
		__popcorn_context_error("a context that swapcontext or "
			"makecontext has filled can be resumed once; "
			"getcontext fills one that can be more often");
}

static const struct saved *check(const ucontext_t *to)
{
	const struct saved *saved = saved_in(to);

	if (saved->kind == SAVED_NO_PLACE)
		__popcorn_context_error("setcontext: what getcontext returned "
			"to is unknown: it was not called as <ucontext.h> "
			"declares it");
	if (saved->kind != SAVED_PLACE && saved->kind != SAVED_SUSPENSION
		&& saved->kind != SAVED_NO_MEMORY)
		__popcorn_context_error("a context was never filled by "
			"getcontext, makecontext or swapcontext, or a signal "
			"handler got it");
	return saved;
}

/* The mask last: a handler that comes then may switch itself. Before the one that was
 * left is given up: afterwards `wanted` may be gone with it. */
__attribute__((noinline)) static void arrive(void)
{
	struct fiber *left = here.left;
	const struct saved *saved = here.wanted ? saved_in(here.wanted) : 0;
	int is_place = saved && saved->kind == SAVED_PLACE;
	int is_other_mask = 0;
	struct __jmp_buf_tag jump;
	sigset_t mask;

	if (saved) {
		isa_set_fpenv(saved->fpenv);
		mask = here.wanted->uc_sigmask;
		is_other_mask = !here.left_in || memcmp(&mask,
			&here.left_in->uc_sigmask, _NSIG/8);
	}
	if (is_place)
		jump = saved->jump;
	if (left && left->state == FIBER_ENDED)
		give_back(left);
	else if (left)
		a_store(&left->state, FIBER_SUSPENDED);
	if (is_other_mask)
		pthread_sigmask(SIG_SETMASK, &mask, 0);
	if (is_place)
		longjmp(&jump, 1);
}

/* wanted: null if the thread ends. */
__attribute__((noinline)) static void depart(struct fiber *from,
	ucontext_t *left_in, struct fiber *to, const ucontext_t *wanted)
{
	from->suspensions++;
	if (left_in) {
		struct saved *saved = saved_in(left_in);
		saved->fiber = from;
		saved->suspension = from->suspensions;
	}
	here.left = from;
	here.left_in = left_in;
	here.wanted = wanted;
	here.running = to;
}

__attribute__((noinline)) static void stay(struct fiber *from, struct fiber *to)
{
	here.running = from;
	a_store(&to->state, FIBER_SUSPENDED);
}

static int more_room(struct popcorn_fiber *stack)
{
	size_t room = stack->frames_room * 2;
	void *larger;

	if (room < LEAST_FRAME_BYTES) room = LEAST_FRAME_BYTES;
	larger = realloc((void *)stack->frames, room);
	if (!larger)
		return -1;
	stack->frames = (uintptr_t)larger;
	stack->frames_room = room;
	return 0;
}

/* from: null if it has ended. 0 when it is gone on with, or a negative errno. */
static long change(struct fiber *from, struct fiber *to, void (*entry)(void *))
{
	long result;

	do result = __popcorn_syscall(POPCORN_CALL_SWITCH, (long)from,
		(long)to, (long)entry, (long)to, 0, 0);
	while (result == -ENOSPC && !(result = more_room(&from->stack)));
	return result ? -ENOMEM : 0;
}

static int go_on(ucontext_t *left_in, const ucontext_t *wanted, int has_ended)
{
	const struct saved *saved = check(wanted);
	struct fiber *from = __popcorn_fiber(), *to = saved->fiber;
	long error;

	if (saved->kind == SAVED_NO_MEMORY)
		return -ENOMEM;
	claim(to, saved);
	if (has_ended)
		from->state = FIBER_ENDED;
	depart(from, left_in, to, wanted);
	error = change(has_ended ? 0 : from, to, to->has_begun ? 0 : begin);
	if (error)
		stay(from, to);
	else
		arrive();
	return error;
}

int __popcorn_fiber_switch(ucontext_t *left_in, const ucontext_t *to)
{
	const struct saved *saved = check(to);
	int error;

	if (saved->kind == SAVED_PLACE && saved->fiber == __popcorn_fiber()) {
		isa_set_fpenv(saved->fpenv);
		pthread_sigmask(SIG_SETMASK, &to->uc_sigmask, 0);
		longjmp((struct __jmp_buf_tag *)&saved->jump, 1);
	}
	error = go_on(left_in, to, 0);
	if (error) {
		errno = -error;
		return -1;
	}
	return 0;
}

/* More arguments than a function has do no harm. */
static void call(const struct fiber *fiber)
{
	const long *a = fiber->arguments;

	if (fiber->count <= 8)
		((void (*)(long, long, long, long, long, long, long, long))
			fiber->function)(a[0], a[1], a[2], a[3], a[4], a[5],
			a[6], a[7]);
	else
		((void (*)(long, long, long, long, long, long, long, long,
			long, long, long, long, long, long, long, long))
			fiber->function)(a[0], a[1], a[2], a[3], a[4], a[5],
			a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13],
			a[14], a[15]);
}

/* The context's own function, and what comes after it. */
static _Noreturn void begin(void *argument)
{
	struct fiber *fiber = argument;

	fiber->has_begun = 1;
	arrive();
	call(fiber);
	if (!fiber->link)
		pthread_exit(0);
	go_on(0, fiber->link, 1);
	__popcorn_context_error("there is no memory for the context in uc_link");
}

static _Noreturn void end_on_first(void *unused)
{
	arrive();
	pthread_exit(__pthread_self()->result);
}

/* Called when a thread ends, before anything is locked. It ends on its own first stack,
 * or what it has would not be given back with it; but that may be another thread's by
 * now. */
void __popcorn_fibers_done(void)
{
	struct fiber *from = here.running;

	if (from && from != &here.first && a_cas(&here.first.state,
		FIBER_SUSPENDED, FIBER_RUNNING) == FIBER_SUSPENDED) {
		from->state = FIBER_ENDED;
		depart(from, 0, &here.first, 0);
		change(0, &here.first, end_on_first);
	}
	free((void *)here.first.stack.frames);
}
