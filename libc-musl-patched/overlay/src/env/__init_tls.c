/* Thread-local storage and the thread descriptor.
 *
 * A thread's struct pthread lies POPCORN_TLS_BEFORE bytes before its TLS block
 * (libc-musl-patched/native/tls.h).  The block of the main thread exists
 * already: the start code made it before libc.
 */
#include "pthread_impl.h"
#include "libc.h"
#include "popcorn_native.h"

_Static_assert(sizeof(struct pthread) + POPCORN_TLS_MAX_ALIGN
	<= POPCORN_TLS_BEFORE, "struct pthread has grown: enlarge "
	"POPCORN_TLS_BEFORE");

_Thread_local struct __pthread *__popcorn_self;

/* Used by instrumented code and by native setjmp (docs/architecture.md). */
_Thread_local char *__popcorn_data_stack;
_Thread_local struct {
	char *token;
	uint64_t site;
	void *thrown;
	uint64_t clause;
} __popcorn_jump;

/* The runtime's (runtime/member/seats/seats.h): the thread's index, and a
 * number for each laying out of its control stack, which tells a jmp_buf that is still good. */
_Thread_local unsigned __popcorn_thread;
_Thread_local unsigned __popcorn_epoch;
/* Its processor time on all nodes, up to its last departure. */
_Thread_local long long __popcorn_cpu_ns;
/* Flag that makes the system call under way return -EINTR, or null. */
_Thread_local volatile int *__popcorn_cancel;

volatile int __thread_list_lock;

static pthread_t thread_of(void *block)
{
	return (void *)((char *)block - POPCORN_TLS_BEFORE);
}

void *__popcorn_tls_variable(pthread_t td, void *own)
{
	return (char *)own - (char *)__popcorn_self + (char *)td;
}

int __init_tp(void *p)
{
	pthread_t td = p;
	td->self = td;
	libc.can_do_threads = 1;
	td->detach_state = DT_JOINABLE;
	td->tid = __syscall(SYS_set_tid_address, &__thread_list_lock);
	td->locale = &libc.global_locale;
	td->robust_list.head = &td->robust_list.head;
	td->next = td->prev = td;
	return 0;
}

void *__copy_tls(unsigned char *mem)
{
	pthread_t td = thread_of(popcorn_tls_place(mem));
	*(pthread_t *)__popcorn_tls_variable(td, &__popcorn_self) = td;
	return td;
}

void __init_tls(size_t *aux)
{
	libc.tls_size = popcorn_tls_bytes();
	libc.tls_align = POPCORN_TLS_MAX_ALIGN;
	__popcorn_self = thread_of(isa_get_thread_pointer());
	__init_tp(__popcorn_self);
}

/* A thread of SIGEV_THREAD starts each callback with fresh variables; the
 * thread's own words stay. */
void __reset_tls(void)
{
	pthread_t self = __popcorn_self;
	char *data_stack = __popcorn_data_stack;
	unsigned thread = __popcorn_thread, epoch = __popcorn_epoch;
	long long cpu_ns = __popcorn_cpu_ns;

	popcorn_tls_reset((char *)self + POPCORN_TLS_BEFORE);
	__popcorn_self = self;
	__popcorn_data_stack = data_stack;
	__popcorn_thread = thread;
	__popcorn_epoch = epoch;
	__popcorn_cpu_ns = cpu_ns;
}
