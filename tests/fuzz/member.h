/* A process whose memory an agent in this one keeps: it makes real
 * userfaultfds, and threads of it raise real faults. */
#ifndef POPCORN_TESTS_FUZZ_MEMBER_H
#define POPCORN_TESTS_FUZZ_MEMBER_H

#include <stdint.h>

#define MEMBER_THREADS 2
#define MEMBER_SHARED_PAGES 16 /* from COMPACT_SHARED_START on */
#define MEMBER_ARENA_PAGES 16384

/* Starts it, once; its memory is the file's, as a node's is. */
void member_begin(int memory_file);
/* Kernel ids of its threads. */
uint32_t member_id(unsigned thread);
/* A new userfaultfd of its memory; whoever closes it ends it. */
int member_userfault(void);
/* The thread reads or writes a byte: until that is done, or its fault is in
 * `userfault` (-1: there is none). Nothing if its last access is not done. */
void member_touch(unsigned thread, uint64_t address, int write, int userfault);
/* When no userfaultfd is open any more: until each access is done. */
void member_settle(void);

#endif
