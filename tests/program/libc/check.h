/* Self-checking test programs: CHECK prints what failed and where; finish()
 * gives the exit code.  Output is the same on every ISA and in every run. */
#ifndef TESTS_LIBC_CHECK_H
#define TESTS_LIBC_CHECK_H

#include <stdio.h>
#include <string.h>

static int check_failures;

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            check_failures++;                                                  \
            printf("%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);     \
        }                                                                      \
    } while (0)

#define CHECK_TEXT(got, wanted)                                                \
    do {                                                                       \
        const char *check_got = (got), *check_wanted = (wanted);               \
        if (strcmp(check_got, check_wanted) != 0) {                            \
            check_failures++;                                                  \
            printf("%s:%d: got \"%s\", wanted \"%s\"\n", __FILE__, __LINE__,   \
                   check_got, check_wanted);                                   \
        }                                                                      \
    } while (0)

static inline int finish(const char *name)
{
    printf("%s: %s\n", name, check_failures == 0 ? "ok" : "FAILED");
    return check_failures != 0;
}

#endif
