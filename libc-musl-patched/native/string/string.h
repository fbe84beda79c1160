/* What the native string functions have in common.
 *
 * Written once, on vectors of whatever size an ISA's level has
 * (isa/<isa>/native/string/vector.h), and compiled for each level (isa.def); NAME
 * makes the names of the level.  libc's own names are stubs in front of them, with
 * one address on every ISA (docs/libc.md).
 *
 * What must hold, of all of them:
 *  1. Nothing is written outside of what the caller gave.
 *  2. What is read beyond it is in a page in which there is a byte that the
 *     function has to read: a load is aligned, or does not cross the end of a
 *     page, or what lies behind the crossing is known to be there.
 *  3. No call but of each other, no table in memory that is not constant. */
#ifndef POPCORN_NATIVE_STRING_H
#define POPCORN_NATIVE_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "string/vector.h"

#define NAME_OF(isa, function, level) isa##_##function##_##level
#define NAME_AT(isa, function, level) NAME_OF(isa, function, level)
#define NAME(function) NAME_AT(POPCORN_NATIVE_ISA, function, STRING_LEVEL)

/* The smallest page there is, on any machine. */
#define PAGE_BYTES 4096u

#define LIKELY(condition) __builtin_expect(!!(condition), 1)
/* A little: short strings go straight through, the code for long ones is not moved
 * out of the way. */
#define RATHER(condition)                                                      \
    __builtin_expect_with_probability(!!(condition), 1, 0.6)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* Does a load of so many bytes cross the end of a page? */
static inline bool crosses_page(const void *p, size_t bytes)
{
    return ((uintptr_t)p & (PAGE_BYTES - 1)) > PAGE_BYTES - bytes;
}

static inline bool either_crosses_page(const void *p, const void *q,
                                       size_t bytes)
{
    uintptr_t last = ((uintptr_t)p | (uintptr_t)q) & (PAGE_BYTES - 1);
    return last >
           PAGE_BYTES - bytes; /* perhaps: then not both are at the end */
}

static inline size_t behind(const void *p, size_t alignment)
{
    return (uintptr_t)p & (alignment - 1);
}

/* Loads and stores of any alignment. */
#define SCALAR(type, load, store)                                              \
    struct any_##load {                                                        \
        type value;                                                            \
    } __attribute__((packed, may_alias));                                      \
    static inline type load(const void *p)                                     \
    {                                                                          \
        return ((const struct any_##load *)p)->value;                          \
    }                                                                          \
    static inline void store(void *p, type value)                              \
    {                                                                          \
        ((struct any_##load *)p)->value = value;                               \
    }

SCALAR(uint16_t, load_short, store_short)
SCALAR(uint32_t, load32, store32)
SCALAR(uint64_t, load64, store64)

/* A pointer that is not const, as C's functions return it. */
static inline void *unconst(const void *p)
{
    return (void *)(uintptr_t)p;
}

/* Strings of wchar_t are pointers to char here, too. */
void *NAME(memmove)(void *, const void *, size_t);
void *NAME(memset)(void *, int, size_t);
int NAME(memcmp)(const char *, const char *, size_t);
void *NAME(memchr)(const char *, int, size_t);
void *NAME(memrchr)(const char *, int, size_t);
void *NAME(mempcpy)(char *, const char *, size_t);
void *NAME(memccpy)(char *, const char *, int, size_t);
size_t NAME(strlen)(const char *);
size_t NAME(strnlen)(const char *, size_t);
char *NAME(strchr)(const char *, int);
char *NAME(strchrnul)(const char *, int);
char *NAME(strrchr)(const char *, int);
int NAME(strcmp)(const char *, const char *);
int NAME(strncmp)(const char *, const char *, size_t);
int NAME(strcasecmp)(const char *, const char *);
int NAME(strncasecmp)(const char *, const char *, size_t);
char *NAME(stpcpy)(char *, const char *);
char *NAME(strcpy)(char *, const char *);
char *NAME(strcat)(char *, const char *);
char *NAME(stpncpy)(char *, const char *, size_t);
char *NAME(strncpy)(char *, const char *, size_t);
char *NAME(strncat)(char *, const char *, size_t);
size_t NAME(strlcpy)(char *, const char *, size_t);
size_t NAME(strlcat)(char *, const char *, size_t);
size_t NAME(strspn)(const char *, const char *);
size_t NAME(strcspn)(const char *, const char *);
char *NAME(strpbrk)(const char *, const char *);
void *NAME(wmemmove)(void *, const void *, size_t);
void *NAME(wmemset)(char *, uint32_t, size_t);
int NAME(wmemcmp)(const char *, const char *, size_t);
void *NAME(wmemchr)(const char *, int, size_t);
size_t NAME(wcslen)(const char *);
size_t NAME(wcsnlen)(const char *, size_t);
char *NAME(wcschr)(const char *, int);
char *NAME(wcsrchr)(const char *, int);
int NAME(wcscmp)(const char *, const char *);
int NAME(wcsncmp)(const char *, const char *, size_t);
char *NAME(wcpcpy)(char *, const char *);
char *NAME(wcscpy)(char *, const char *);
char *NAME(wcscat)(char *, const char *);

#endif
