/* mimalloc with all of its own checks, for a test (program.libc.allocation.checked):
 * what heap.c is compiled with if HEAP_CHECKED is defined.  What is not as mimalloc
 * has it ends the program, with one line. */
#ifndef HEAP_CHECKED_H
#define HEAP_CHECKED_H

#define MI_DEBUG 3
#define MI_PADDING 0 /* or a block's size would be what was asked for */
#define MI_STAT 0

#include "mimalloc/include/mimalloc.h"

#include "mimalloc/include/mimalloc-internal.h"

_Bool ___mi_process_is_initialized = 1;

static void say(const char *text)
{
    __syscall(SYS_write, 2, text, strlen(text));
}

void ___mi_assert_fail(const char *assertion, const char *file, unsigned line,
                       const char *function)
{
    say("heap: does not hold: ");
    say(assertion);
    say("\n");
    a_crash();
}

/* Too much memory was asked for: no error of the heap. */
void ___mi_error_message(int error, const char *format, ...)
{
    if (error != ENOMEM && error != EOVERFLOW) {
        say(format);
        a_crash();
    }
}

void ___mi_warning_message(const char *format, ...)
{
    say(format);
    a_crash();
}

_Bool __mi_is_in_heap_region(const void *p)
{
    return 1;
}

#endif
