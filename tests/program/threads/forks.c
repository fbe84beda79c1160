/* fork while other threads write, wherever they are: the child's memory is that
 * of one moment. Each writer steps two counters that are pages apart, the first
 * one ahead by at most 1; writers signal each other through a third page, so a
 * cut that is not consistent shows. A command is run by a thread. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "threads.h"

#define PAGE 4096
#define WRITERS 3
#define FORKS 6

static struct {
    _Alignas(PAGE) atomic_long first[WRITERS];
    _Alignas(PAGE) atomic_long chain; /* steps of a chain through all pages */
    _Alignas(PAGE) atomic_long second[WRITERS];
    _Alignas(PAGE) atomic_long echo;
} shared;

static atomic_int stop;

static NOINLINE void step(long self)
{
    atomic_fetch_add(&shared.first[self], 1);
    if (self == 0) {
        atomic_store(&shared.chain, atomic_load(&shared.chain) + 1);
    } else if (self == 1) {
        atomic_store(&shared.echo, atomic_load(&shared.chain));
    }
    atomic_fetch_add(&shared.second[self], 1);
}

static void *write_on(void *argument)
{
    while (!atomic_load(&stop)) {
        step((long)(intptr_t)argument);
    }
    return NULL;
}

/* In the child, where nobody writes any more. 0: as it must be. */
static int check_copy(void)
{
    for (int i = 0; i < WRITERS; i++) {
        long ahead = shared.first[i] - shared.second[i];
        if (ahead < 0 || ahead > 1) {
            return 1;
        }
    }
    if (shared.echo > shared.chain) {
        return 2; /* what was copied later is older */
    }
    for (int i = 0; i < 20; i++) {
        long first = shared.first[0];
        step(0);
        if (shared.first[0] != first + 1) {
            return 3; /* somebody else writes to the child's memory */
        }
    }
    return 0;
}

static void *add_one(void *argument)
{
    return (void *)((intptr_t)argument + 1);
}

/* Under QEMU user mode it is refused. */
static int start_threads(void)
{
    for (intptr_t i = 0; i < 3; i++) {
        pthread_t thread;
        int error = pthread_create(&thread, NULL, add_one, (void *)i);
        if (error == EAGAIN && i == 0) {
            return 0;
        }
        if (error != 0 || (intptr_t)join(thread) != i + 1) {
            return 4;
        }
    }
    return 0;
}

static int fork_once(void)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        int result = check_copy();
        _exit(result != 0 ? result : start_threads());
    }
    CHECK(child > 0);
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

static void *fork_in_thread(void *argument)
{
    int status = 0;

    (void)argument;
    for (long i = 0; i < FORKS; i++) {
        status |= fork_once();
    }
    return (void *)(intptr_t)status;
}

static void *run_command(void *text)
{
    FILE *file = popen("echo a command; exit 3", "r");

    CHECK(file != NULL && fgets(text, 80, file) != NULL);
    return (void *)(intptr_t)WEXITSTATUS(pclose(file));
}

int main(void)
{
    pthread_t writers[WRITERS], forkers[2];
    char text[80];
    long steps = 0;

    for (intptr_t i = 0; i < WRITERS; i++) {
        writers[i] = start(write_on, (void *)i);
    }
    for (intptr_t i = 0; i < 2; i++) {
        forkers[i] = start(fork_in_thread, (void *)i);
    }
    for (int i = 0; i < 2; i++) {
        printf("children of thread %d: %ld\n", i,
               (long)(intptr_t)join(forkers[i]));
    }
    printf("status %ld of ", (long)(intptr_t)join(start(run_command, text)));
    printf("%s", text);
    printf("children of main: %d\n", fork_once());
    atomic_store(&stop, 1);
    for (int i = 0; i < WRITERS; i++) {
        join(writers[i]);
        steps += shared.first[i] == shared.second[i] && shared.first[i] > 0;
    }
    printf("%ld writers went on\n", steps);
    return 0;
}
