/* Where a test's standard output goes: behind a line "== NAME" in a file, which
 * output.awk joins with the results. Included by harness.c and
 * tests/compiler/random/judge.c. */
#ifndef POPCORN_TESTS_OUTPUT_H
#define POPCORN_TESTS_OUTPUT_H

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int output_open(const char *results)
{
    char name[4096];

    snprintf(name, sizeof(name), "%s.output", results);
    return open(name, O_WRONLY | O_TRUNC | O_CREAT | O_APPEND | O_CLOEXEC,
                0666);
}

/* Standard output is the file from here on. */
static int output_begin(int output, const char *name)
{
    char line[320];
    int length = snprintf(line, sizeof(line), "\n== %s\n", name);

    return write(output, line, length) != length ||
                   dup2(output, STDOUT_FILENO) < 0
               ? -1
               : 0;
}

#endif
