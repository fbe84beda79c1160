/* Starts each program in turn, RUNS times, and waits for its end. A line for each:
 * its name, median microseconds, page faults of the last run.
 *
 *   starts RUNS PROGRAM... */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../timing.h"

enum { MAX_PROGRAMS = 16, MAX_RUNS = 1000 };

static long ns[MAX_PROGRAMS][MAX_RUNS], faults[MAX_PROGRAMS];

static void run(int number, long round, const char *program)
{
    long start = now_ns();
    struct rusage used;
    pid_t child = fork();
    int status;

    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);

        dup2(null, 1);
        execl(program, program, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child || status != 0) {
        fprintf(stderr, "starts: %s cannot be run\n", program);
        exit(1);
    }
    ns[number][round] = now_ns() - start;
    faults[number] = used.ru_minflt;
}

int main(int argc, char **argv)
{
    long runs = argc > 1 ? atol(argv[1]) : 0;

    if (runs < 1 || runs > MAX_RUNS || argc < 3 || argc - 2 > MAX_PROGRAMS) {
        fprintf(stderr, "starts: RUNS PROGRAM...\n");
        return 2;
    }
    for (long round = 0; round < runs; round++) {
        for (int i = 2; i < argc; i++) {
            run(i - 2, round, argv[i]);
        }
    }
    for (int i = 2; i < argc; i++) {
        qsort(ns[i - 2], (size_t)runs, sizeof **ns, by_value);
        printf("%s %ld %ld\n", argv[i], ns[i - 2][runs / 2] / 1000,
               faults[i - 2]);
    }
    return 0;
}
