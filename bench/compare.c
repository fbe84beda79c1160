/* Times two commands in turn, A B A B ..., and prints medians and the ratio.
 *
 *   compare [-n RUNS] [-c] LABEL COMMAND_A COMMAND_B
 *
 * The commands go to sh -c with their output thrown away; processor time (user
 * and system) of the whole process tree is taken from wait4.  The ratio is the
 * median of the per-pair ratios A/B, so slow drift of the machine cancels.
 * -c: one tab-separated line (label, median A, median B, ratio, lowest and
 * highest pair ratio) for further processing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_RUNS = 101 };

static double run(const char *command)
{
    pid_t pid = fork();
    if (pid < 0) {
        perror("compare: fork");
        exit(1);
    }
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 1);
        dup2(null, 2);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status;
    struct rusage used;
    while (wait4(pid, &status, 0, &used) < 0) {
        if (errno != EINTR) {
            perror("compare: wait4");
            exit(1);
        }
    }
    if (status != 0) {
        fprintf(stderr, "compare: `%s` ended with wait status %d\n", command,
                status);
        exit(1);
    }
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec +
           (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static int ascending(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double median(double *v, int n)
{
    qsort(v, n, sizeof *v, ascending);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

int main(int argc, char **argv)
{
    int runs = 5, table = 0, option;
    while ((option = getopt(argc, argv, "n:c")) != -1) {
        if (option == 'n') {
            runs = atoi(optarg);
        } else if (option == 'c') {
            table = 1;
        } else {
            return 2;
        }
    }
    if (argc - optind != 3 || runs < 1 || runs > MAX_RUNS) {
        fprintf(stderr, "usage: compare [-n RUNS] [-c] LABEL A B\n");
        return 2;
    }
    double a[MAX_RUNS], b[MAX_RUNS], ratio[MAX_RUNS];
    run(argv[optind + 1]);
    run(argv[optind + 2]);
    for (int i = 0; i < runs; i++) {
        a[i] = run(argv[optind + 1]);
        b[i] = run(argv[optind + 2]);
        ratio[i] = b[i] > 0 ? a[i] / b[i] : 0;
    }
    double middle = median(ratio, runs);
    printf(table ? "%s\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\n"
                 : "%-12s %8.3f s %8.3f s  ratio %.3f (%.3f to %.3f)\n",
           argv[optind], median(a, runs), median(b, runs), middle, ratio[0],
           ratio[runs - 1]);
    return 0;
}
