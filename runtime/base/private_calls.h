/* Numbers of __popcorn_syscall that no kernel sees: the program's own calls to
 * the runtime.  Going through __popcorn_syscall makes each a call site at which
 * the thread can move.  Above every kernel's numbers; part of the ABI between
 * libc.a and native.a, so never renumbered.
 */
#ifndef POPCORN_BASE_PRIVATE_CALLS_H
#define POPCORN_BASE_PRIVATE_CALLS_H

#define POPCORN_CALL_FIRST 0x10000

/* (node): asks that the next migration point moves the thread there.
 * 0, or -EINVAL (no such node), -EALREADY (is there), -ENOTSUP (no nodes). */
#define POPCORN_CALL_REQUEST 0x10000
/* (): node the thread runs on. */
#define POPCORN_CALL_NODE 0x10001
/* (): node the program was started on. */
#define POPCORN_CALL_HOME_NODE 0x10002
/* (): number of nodes, 1 without `popcorn run`. */
#define POPCORN_CALL_NODE_COUNT 0x10003
/* (node, char name[16]): ISA name of a node. 0 or -EINVAL. */
#define POPCORN_CALL_NODE_ISA 0x10004
/* (): enum popcorn_decline of the last request that was not served, 0: none */
#define POPCORN_CALL_DECLINED 0x10005
/* (): moves of the thread so far. */
#define POPCORN_CALL_MOVES 0x10006
/* 0x10007 was GO_HOME. */
/* (value): returns value. What a call already carried out becomes when its
 * thread moves before the result is delivered. */
#define POPCORN_CALL_RESULT 0x10008
/* 0x10009 was THREADS. */
/* 0x1000a was PROPOSED. */
/* (flags, struct popcorn_thread_start *, int *ptid, TLS block, int *ctid):
 * starts a thread, at home. Its id or -errno. */
#define POPCORN_CALL_THREAD_CREATE 0x1000b
/* (base, bytes): ends the calling thread, after unmapping [base, base + bytes),
 * its data stack and TLS, unless bytes is 0. Does not return. */
#define POPCORN_CALL_THREAD_EXIT 0x1000c
/* (tid, node): asks that a thread of the program moves. 0, -ESRCH, -EINVAL,
 * -ENOTSUP. */
#define POPCORN_CALL_PROPOSE 0x1000d

/* (): the thread's signal mask. Away it is mostly known. */
#define POPCORN_CALL_MASK 0x1000e

/* Only what the runtime of a node away asks of home's (faults.c).
 * (signal, overflow): the handler of a fault, whose signals are blocked from now
 * on; 0 if there is none, the signal is blocked, or the stack has overflowed and
 * the handler has no other.
 * (mask): the thread's signal mask becomes this.
 * (address): whether the program has mapped anything at this arena address.
 * (0): where the thread's alternate signal stack is; (1): its size in bytes, 0 if
 * there is none. */
#define POPCORN_CALL_FAULT 0x1000f
#define POPCORN_CALL_SET_MASK 0x10010
#define POPCORN_CALL_IS_MAPPED 0x10011
#define POPCORN_CALL_STACK 0x10012
/* (node): whether home has lost the node. 0 or 1. */
#define POPCORN_CALL_IS_LOST 0x10013

/* Only what the runtime of a node away asks of home's (framed.c).
 * (uint64_t call_sites[], count): makes each the return address that the call site
 * has in home's image. 0. */
#define POPCORN_CALL_ADDRESSES 0x10014

/* + n: system call n, which returns -EINTR when *__popcorn_cancel is not 0,
 * also if it becomes so while the call waits and a signal says so. */
#define POPCORN_CALL_CANCELLABLE 0x20000

/* From here on a call gets the state of its caller, at home too: of
 * __popcorn_syscall alone, not of its forms. */
#define POPCORN_CALL_FRAMED 0x40000
/* (uint64_t addresses[], count, skip): return addresses of the calls that the thread
 * is in, innermost first but for `skip`, as home's image has them. How many. */
#define POPCORN_CALL_BACKTRACE 0x40000
/* (from, to, entry, argument): suspends the fiber that runs (fiber.h), unless from is 0,
 * which drops it, and goes on with the other: in entry(argument), which must not
 * return, or where it was suspended if entry is 0. 0 when `from` is gone on with; -ENOSPC
 * if its frames_room is too small, -ENOMEM if there is no control stack for `to`, or
 * this thread's is too small: then nothing has changed. */
#define POPCORN_CALL_SWITCH 0x40001
/* (struct popcorn_unwind_frame frames[], room, first): the frames with a token, from
 * frame number `first` outwards (unwind.h). How many. */
#define POPCORN_CALL_TOKENS 0x40002
/* (token, call site, object, selector): goes on in the nearest frame with this token,
 * as if that call site of it had returned, with what was thrown in __popcorn_jump.
 * Does not return. */
#define POPCORN_CALL_LAND 0x40003

#endif
