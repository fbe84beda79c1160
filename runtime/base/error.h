/* What went wrong, in words: made where it is found, shown where it ends.
 * No allocation, no libc: the code that fills it in also runs inside members.
 */
#ifndef POPCORN_BASE_ERROR_H
#define POPCORN_BASE_ERROR_H

/* A fixed-size error: first one wins, empty text means none. */
struct popcorn_error {
    int code; /* negative errno, 0: none */
    char text[236];
};

/* Writes an error, unless there is one already: %s text, %u uint32_t, %lu and
 * %lx uint64_t. Returns code. `error` may be NULL. */
int popcorn_error_set(struct popcorn_error *error, int code, const char *format,
                      ...);

#endif
