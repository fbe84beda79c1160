/* The levels of the string functions, called by name: what the processor would not
 * choose, too. */
#include "strings_native.h"

#ifdef __x86_64__
unsigned x86_64_string_level(void);
#define LEVELS(name) x86_64_##name##_v2, x86_64_##name##_v3
#define BLOCK(name) x86_64_##name##_v4
#define DECLARE(name)                                                          \
    long x86_64_##name##_v2(long a, long b, long c, long d);                   \
    long x86_64_##name##_v3(long a, long b, long c, long d);
long x86_64_memmove_v4(long a, long b, long c, long d);
long x86_64_mempcpy_v4(long a, long b, long c, long d);
long x86_64_wmemmove_v4(long a, long b, long c, long d);
long x86_64_memset_v4(long a, long b, long c, long d);
#else
#define LEVELS(name) aarch64_##name##_v8
#define DECLARE(name) long aarch64_##name##_v8(long a, long b, long c, long d);
#endif

#define FUNCTION(name, call) DECLARE(name)
#include "strings.def"

static long (*const levels[][3])(long a, long b, long c, long d) = {
#define FUNCTION(name, call) [STRING_##name] = {LEVELS(name)},
#include "strings.def"
};

long string_call(int function, int level, long a, long b, long c, long d)
{
#ifdef __x86_64__
    if (level == 2) {
        return function == STRING_memmove    ? x86_64_memmove_v4(a, b, c, d)
               : function == STRING_mempcpy  ? x86_64_mempcpy_v4(a, b, c, d)
               : function == STRING_wmemmove ? x86_64_wmemmove_v4(a, b, c, d)
               : function == STRING_memset   ? x86_64_memset_v4(a, b, c, d)
                                             : levels[function][1](a, b, c, d);
    }
#endif
    return levels[function][level](a, b, c, d);
}

int string_levels(void)
{
#ifdef __x86_64__
    return 1 + (int)x86_64_string_level();
#else
    return 1;
#endif
}
