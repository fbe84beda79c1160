/* Proposals to threads (popcorn_proposal.h). Here because a thread is found
 * by its id in libc's list of threads. */
#include "pthread_impl.h"
#include "popcorn_native.h"
#include "popcorn_proposal.h"

/* Node plus 1; 0: none. */
static _Thread_local volatile int proposed;

int __popcorn_proposal(void)
{
	return proposed - 1;
}

void __popcorn_proposal_over(int nid)
{
	a_cas(&proposed, nid + 1, 0);
}

int __popcorn_propose(int tid, int nid)
{
	pthread_t self = __pthread_self(), td = self;
	sigset_t set;

	__block_app_sigs(&set);
	__tl_lock();
	while (tid && td->tid != tid && td->next != self) td = td->next;
	if (!tid || td->tid == tid) {
		*(volatile int *)__popcorn_tls_variable(td, (void *)&proposed)
			= nid + 1;
		tid = 0;
	}
	__tl_unlock();
	__restore_sigs(&set);
	return tid ? -ENOENT : 0;
}
