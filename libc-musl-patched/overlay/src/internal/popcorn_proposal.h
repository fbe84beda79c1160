/* The node proposed to each thread: a word of its thread-local storage, which
 * other threads write. Async-signal-safe but for __popcorn_propose(). */
#ifndef POPCORN_PROPOSAL_H
#define POPCORN_PROPOSAL_H

/* To the calling thread; -1: none. */
int __popcorn_proposal(void);
/* Ends the calling thread's, unless it is for another node than `nid`. */
void __popcorn_proposal_over(int nid);
/* To thread `tid`, 0: the calling one. 0 or -ENOENT. */
int __popcorn_propose(int tid, int nid);

#endif
