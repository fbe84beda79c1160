#ifndef STRINGS_NATIVE_H
#define STRINGS_NATIVE_H

enum string_function {
#define FUNCTION(name, call) STRING_##name,
#include "strings.def"
    STRING_COUNT
};

/* Those that this processor has, from 0. */
int string_levels(void);
long string_call(int function, int level, long a, long b, long c, long d);

#endif
