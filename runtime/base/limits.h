/* How large a program's set of nodes and threads can be. */
#ifndef POPCORN_BASE_LIMITS_H
#define POPCORN_BASE_LIMITS_H

#ifndef POPCORN_MAX_NODES /* a test sets it; <popcorn.h> has the same */
#define POPCORN_MAX_NODES 64
#endif
#define POPCORN_MAX_THREADS 4096 /* of one program at a time */
#define POPCORN_DESK 0xffffu     /* in place of a thread */

#endif
