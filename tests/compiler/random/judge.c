/* Runs many natively built programs, each in a process of its own.
 *
 *   JUDGE RESULTS
 *
 * The programs register themselves as for tests/lib/batch/harness.c, and RESULTS
 * and RESULTS.output are written as there. STATUS: the exit status, or 128 and the
 * signal that ended it. A program may use LIMIT_S seconds of processor time (the
 * load of the machine does not matter).
 */
#include "../../lib/batch/output.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define MAX_TESTS 400
#define LIMIT_S 2
#define WALL_LIMIT_S 200 /* of one that waits for ever */

static struct {
    const char *name;
    int (*main)(void);
} tests[MAX_TESTS];
static int test_count;

void torture_register(const char *name, int (*main)(void))
{
    if (test_count == MAX_TESTS) {
        abort();
    }
    tests[test_count].name = name;
    tests[test_count++].main = main;
}

static void child(int index, int output)
{
    const struct rlimit limit = {LIMIT_S, LIMIT_S}, no_core = {0, 0};

    setrlimit(RLIMIT_CPU, &limit);
    setrlimit(RLIMIT_CORE, &no_core);
    alarm(WALL_LIMIT_S);
    if (output_begin(output, tests[index].name) != 0) {
        _exit(127);
    }
    exit(tests[index].main() & 255);
}

int main(int argc, char **argv)
{
    FILE *results = fopen(argc > 1 ? argv[1] : "", "w");
    int output = results ? output_open(argv[1]) : -1;

    if (output < 0) {
        perror("judge: RESULTS");
        return 2;
    }
    for (int i = 0; i < test_count; i++) {
        int status;
        pid_t pid = fork();
        if (pid == 0) {
            child(i, output);
        }
        if (pid < 0 || waitpid(pid, &status, 0) != pid) {
            perror("judge: fork");
            return 2;
        }
        fprintf(results, "%s %d 0\n", tests[i].name,
                WIFEXITED(status) ? WEXITSTATUS(status)
                                  : 128 + WTERMSIG(status));
        fflush(results);
    }
    return 0;
}
