/* Signal handlers: the part that is the same on each ISA. */
#ifndef POPCORN_LIBC_NATIVE_SIGNAL_H
#define POPCORN_LIBC_NATIVE_SIGNAL_H

#include <stdint.h>

/* What an ISA registers with its kernel. deliver() makes the neutral ucontext
 * and calls popcorn_run_handler(). */
struct popcorn_signal_entry {
    void (*deliver)(int signal, void *info, void *context);
    void (*restorer)(void); /* NULL: this kernel has its own */
    unsigned address_bits;  /* of what a process can map */
};

/* Calls the program's handler of `signal`. Afterwards thread-local words that
 * an interrupted function may have been about to use are what they were. */
void popcorn_run_handler(int signal, void *info, void *neutral_context);

/* Where the data stack of a handler of SIGSEGV or SIGBUS begins whose alternate
 * stack is [low, low + size_bytes): the thread's own, or if that is full, which
 * is what such a handler is for, the lower half of the other. */
char *popcorn_handler_data_stack(uint64_t low, uint64_t size_bytes);

/* rt_sigaction with neutral arguments; kernel_number is its number here. */
long popcorn_set_handler(const struct popcorn_signal_entry *entry,
                         long kernel_number, long signal, long new_action,
                         long old_action, long mask_bytes);

#endif
