/* What a compiler calls by itself: to copy a struct, to make one zero.
 *
 * Every file of the runtime that is part of a program is compiled with this
 * before its first line (cmake/native.cmake), so that no such call leaves the
 * file: the program's own memcpy() is its own business. Only for that: code calls
 * popcorn_copy() and popcorn_zero(). The linker drops what is not called.
 */
#ifndef POPCORN_BASE_COMPILER_CALLS_H
#define POPCORN_BASE_COMPILER_CALLS_H

__attribute__((used)) static void *memcpy(void *to, const void *from,
                                          __SIZE_TYPE__ size_bytes)
{
    unsigned char *out = to;
    const unsigned char *in = from;

    while (size_bytes-- != 0) {
        *out++ = *in++;
    }
    return to;
}

__attribute__((used)) static void *memset(void *to, int byte,
                                          __SIZE_TYPE__ size_bytes)
{
    unsigned char *out = to;

    while (size_bytes-- != 0) {
        *out++ = (unsigned char)byte;
    }
    return to;
}

#endif
