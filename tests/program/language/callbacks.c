/* Function pointers, tables of them, and callbacks from libc: qsort, bsearch,
 * tsearch and twalk, lsearch, nftw, scandir, glob, atexit, signal handlers. */
#define _GNU_SOURCE
#include "language.h"
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <search.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static int plus(int a, int b)
{
    point();
    return a + b;
}
static int minus(int a, int b)
{
    point();
    return a - b;
}
static int times(int a, int b)
{
    point();
    return a * b;
}

typedef int operation(int, int);
struct operator
{
    char name;
    operation *call;
    struct operator* other;
};
static struct operator table[] = {
    {'+', plus, &table[1]},
    {'-', minus, &table[2]},
    {'*', times, NULL}
};
static operation *const fixed_table[3] = {times, plus, minus};

static NOINLINE int calculate(const char *program)
{
    int value = 1;

    for (const char *c = program; *c != '\0'; c++) {
        for (struct operator* e = table; e != NULL; e = e->other) {
            if (e->name == *c) {
                value = e->call(value, (int)(c - program) + 2);
            }
        }
        value = fixed_table[value & 1](value, 3);
    }
    return value;
}

/* A function that returns a function that takes a function. */
static NOINLINE int apply(operation *f, int n)
{
    return f(n, n + 1);
}
typedef int applier(operation *, int);
static NOINLINE applier *choose(int which, operation **out)
{
    *out = fixed_table[which % 3];
    point();
    return apply;
}

static int compares;
static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    compares++;
    point();
    return (x > y) - (x < y);
}

static int by_context(const void *a, const void *b, void *context)
{
    int *calls = context;

    (*calls)++;
    point();
    return strcmp(*(char *const *)b, *(char *const *)a);
}

static long sum;
static void visit(const void *node, VISIT order, int level)
{
    point();
    if (order == postorder || order == leaf) {
        sum = sum * 7 + **(int *const *)node + level;
    }
}

static void trees(void)
{
    int numbers[15], *found, key = 8;
    void *root = NULL;
    size_t count = 0;
    int linear[10];

    for (int i = 0; i < 15; i++) {
        numbers[i] = (i * 11) % 15;
        tsearch(&numbers[i], &root, by_value);
    }
    twalk(root, visit);
    printf("tree %ld", sum);
    found = *(int **)tfind(&key, &root, by_value);
    printf(" found %d", *found);
    for (int i = 0; i < 15; i++) {
        tdelete(&numbers[i], &root, by_value);
    }
    printf(" empty %d\n", root == NULL);
    for (int i = 0; i < 8; i++) {
        key = i % 5;
        lsearch(&key, linear, &count, sizeof(linear[0]), by_value);
    }
    printf("lsearch %zu\n", count);
}

static void sorting(void)
{
    int numbers[40], key = 21, *found, calls = 0;
    char *words[] = {"move", "a",  "thread", "from",
                     "one",  "to", "the",    "other"};

    for (int i = 0; i < 40; i++) {
        numbers[i] = (i * 17) % 40;
    }
    qsort(numbers, 40, sizeof(numbers[0]), by_value);
    found = bsearch(&key, numbers, 40, sizeof(numbers[0]), by_value);
    /* How many it takes is the library's business. */
    printf("sorted %08x at %ld, %s\n", hash(numbers, sizeof(numbers)),
           (long)(found - numbers),
           compares > 40 ? "compared" : "not compared");
    qsort_r(words, 8, sizeof(words[0]), by_context, &calls);
    for (int i = 0; i < 8; i++) {
        printf("%s ", words[i]);
    }
    printf("after %s\n", calls > 7 ? "calls" : "no calls");
}

static int files, directories, depth;
static int remove_entry(const char *path, const struct stat *info, int type,
                        struct FTW *where)
{
    point();
    files += type == FTW_F && info->st_size == (off_t)strlen("text");
    directories += type == FTW_DP;
    depth = where->level > depth ? where->level : depth;
    return remove(path);
}

static int no_dots(const struct dirent *e)
{
    point();
    return e->d_name[0] != '.';
}

static int names_backwards(const struct dirent **a, const struct dirent **b)
{
    point();
    return strcmp((*b)->d_name, (*a)->d_name);
}

static int glob_error(const char *path, int error)
{
    (void)path;
    return error == 0;
}

static void walking(void)
{
    char top[] = "/tmp/popcorn-language-XXXXXX", path[80];
    struct dirent **found;
    glob_t globbed;
    int n;

    if (mkdtemp(top) == NULL) {
        perror(top);
        exit(1);
    }
    for (int i = 0; i < 6; i++) {
        FILE *f;
        snprintf(path, sizeof(path), "%s/d%d", top, i % 2);
        mkdir(path, 0700);
        snprintf(path, sizeof(path), "%s/d%d/f%d", top, i % 2, i);
        f = fopen(path, "w");
        fputs("text", f);
        fclose(f);
    }
    snprintf(path, sizeof(path), "%s/d1", top);
    n = scandir(path, &found, no_dots, names_backwards);
    for (int i = 0; i < n; i++) {
        printf("%s ", found[i]->d_name);
        free(found[i]);
    }
    free(found);
    snprintf(path, sizeof(path), "%s/d*/f[0-3]", top);
    glob(path, 0, glob_error, &globbed);
    printf("glob %zu\n", globbed.gl_pathc);
    globfree(&globbed);
    n = nftw(top, remove_entry, 4, FTW_DEPTH | FTW_PHYS);
    printf("nftw %d: %d files, %d directories, depth %d, gone %d\n", n, files,
           directories, depth, access(top, F_OK) != 0);
}

static volatile int caught[3];
static int *volatile shared_with_handler;

static void on_signal(int signal)
{
    point();
    caught[0] += signal == SIGUSR1;
    (*shared_with_handler)++;
    point();
}

static void with_info(int signal, siginfo_t *info, void *context)
{
    point();
    caught[1] += signal == SIGUSR2 && info->si_pid == getpid();
    caught[2] += context != NULL;
    if (caught[1] < 3) {
        raise(SIGUSR1);
    }
}

static void signals(void)
{
    struct sigaction action = {.sa_sigaction = with_info,
                               .sa_flags = SA_SIGINFO};
    struct itimerval timer = {{0, 0}, {0, 10000}};
    int local = 0;

    shared_with_handler = &local;
    signal(SIGUSR1, on_signal);
    sigaction(SIGUSR2, &action, NULL);
    for (int i = 0; i < 4; i++) {
        raise(SIGUSR2);
        kill(getpid(), SIGUSR1);
    }
    printf("signals %d %d %d, local %d\n", caught[0], caught[1], caught[2],
           local);
    signal(SIGALRM, on_signal);
    setitimer(ITIMER_REAL, &timer, NULL);
    while (local == caught[0]) {
        point();
    }
    printf("alarm %d\n", local - caught[0]);
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    printf("ignored %d\n", signal(SIGUSR1, SIG_DFL) == SIG_IGN);
}

static void last(void)
{
    point();
    printf("last\n");
}
static void but_one(void)
{
    point();
    printf("last but one\n");
    atexit(last);
}
static void quick(void)
{
    printf("not printed\n");
}

int main(void)
{
    operation *f;
    applier *a;

    at_quick_exit(quick);
    atexit(but_one);
    printf("calculate %d\n", calculate("+*-+*+-"));
    a = choose(5, &f);
    printf("apply %d\n", a(f, 10));
    sorting();
    trees();
    walking();
    signals();
    return 3;
}
