/* Ends the program with status 1 unless `condition` holds. */
#ifndef POPCORN_TESTS_LINUX_CHECK_H
#define POPCORN_TESTS_LINUX_CHECK_H

#include <stdio.h>

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            printf("%s:%d: %s: does not hold\n", __FILE_NAME__, __LINE__,      \
                   #condition);                                                \
            fflush(stdout);                                                    \
            _Exit(1);                                                          \
        }                                                                      \
    } while (0)

#endif
