// What the programs of tests/program/cxx share: as tests/program/language/language.h.
#ifndef POPCORN_TESTS_CXX_H
#define POPCORN_TESTS_CXX_H

#include <cstdio>

#define NOINLINE __attribute__((noinline))

// A call that nothing is known of.
NOINLINE inline void point()
{
    static volatile int calls;
    calls = calls + 1;
}

// `value`, which the optimiser does not see through, after a move.
template <class T> NOINLINE T hidden(T value)
{
    point();
    asm volatile("" : : "r"(&value) : "memory");
    return value;
}

#endif
