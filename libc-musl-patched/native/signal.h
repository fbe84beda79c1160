/* Signal handlers: the part that is the same on each ISA. */
#ifndef POPCORN_LIBC_NATIVE_SIGNAL_H
#define POPCORN_LIBC_NATIVE_SIGNAL_H

#include <stdint.h>

#include "isa/libc_entry.h"

/* Where the data stack of a handler of SIGSEGV or SIGBUS begins whose alternate
 * stack is [low, low + size_bytes): the thread's own, or if that is full, which
 * is what such a handler is for, the lower half of the other. */
char *popcorn_handler_data_stack(uint64_t low, uint64_t size_bytes);

#endif
