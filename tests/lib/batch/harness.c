/* Runs many torture tests in one program, so that one link serves all of them.
 *
 *   BATCH RESULTS FIRST COUNT [MOVES]
 *
 * Each test is a module of its own whose names were made internal when the
 * batch was linked; all that is left of it is a constructor that hands its main
 * to torture_register() (compile.sh). Starting at test FIRST, COUNT of them
 * are called; one line is appended to the file RESULTS for each that ended:
 *
 *   NAME STATUS MOVES          STATUS: what main returned or exit was given;
 *                              134: abort
 *
 * What a test prints goes to RESULTS.output (output.h).
 *
 * exit and abort are defined here and not taken from libc: they end the test,
 * not the process. What kills the process is seen by run.sh, which goes on
 * behind the test that did it. With MOVES the program ends with status 75 after
 * the first test by which half that many moves were made: --bounce-limit is for
 * a process, and the next test needs its share.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <popcorn.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_TESTS 400
#define STATUS_ABORT 134
#define STATUS_AGAIN 75

typedef int test_main(int argc, char **argv, char **environment);

extern char **environ;

static struct {
    const char *name;
    test_main *main;
} tests[MAX_TESTS];
/* Volatile: the optimiser may run constructors early, then in another order. */
static volatile int test_count;
static jmp_buf end_of_test;
static int test_runs; /* end_of_test is valid */
static int results, output;

void torture_register(const char *name, test_main *main)
{
    if (test_count < MAX_TESTS) {
        tests[test_count].name = name;
        tests[test_count].main = main;
    }
    test_count = test_count + 1;
}

static _Noreturn void end(int status)
{
    if (test_runs) {
        test_runs = 0;
        longjmp(end_of_test, status == 0 ? 256 : status & 255);
    }
    fflush(NULL);
    _Exit(status);
}

_Noreturn void exit(int status)
{
    end(status & 255);
}

_Noreturn void abort(void)
{
    if (!test_runs) {
        raise(SIGABRT);
    }
    end(STATUS_ABORT);
}

static int call_test(int index)
{
    char name[256];
    char *argv[] = {name, NULL};
    int status = setjmp(end_of_test);

    if (status == 0) {
        strcpy(name, tests[index].name);
        if (output_begin(output, name) != 0) {
            perror("torture: output");
            end(1);
        }
        test_runs = 1;
        status = tests[index].main(1, argv, environ) & 255;
        test_runs = 0;
    }
    fflush(stdout);
    return status & 255;
}

static void report(int index, int status, unsigned long long made)
{
    char line[320];
    int length = snprintf(line, sizeof(line), "%s %d %llu\n", tests[index].name,
                          status, made);

    if (write(results, line, length) != length) {
        perror("torture: results");
        end(1);
    }
}

int main(int argc, char **argv)
{
    unsigned long long limit = argc > 4 ? strtoull(argv[4], NULL, 10) : 0;
    int i, last;

    if (argc < 4 || test_count > MAX_TESTS) {
        fprintf(stderr,
                "torture: %d tests; usage: BATCH RESULTS FIRST "
                "COUNT [MOVES]\n",
                test_count);
        return 2;
    }
    results = open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    output = output_open(argv[1]);
    if (results < 0 || output < 0) {
        perror(argv[1]);
        return 2;
    }
    last = atoi(argv[2]) + atoi(argv[3]);
    last = last < test_count ? last : test_count;
    for (i = atoi(argv[2]); i < last; i++) {
        unsigned long long before = popcorn_move_count();
        int status = call_test(i);

        report(i, status, popcorn_move_count() - before);
        if (limit != 0 && popcorn_move_count() >= limit / 2 && i + 1 < last) {
            return STATUS_AGAIN;
        }
    }
    return 0;
}
