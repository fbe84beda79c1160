/* A program that goes through every step of the protocol, one way or another,
 * and prints what it prints by itself.
 *
 *   steps one       one thread, at home and away by turns
 *   steps several   threads on node 1 while the first one stays at home
 *   steps pages     what node 1 has written is used at home
 *   steps deep FROM TO DEPTH    asked to go where its stack does not fit
 *
 *   steps large MIB             reads on node 1 what was written at home
 *   steps crowd N               N threads at a time, all on node 1 if it can be
 *
 * Lines appear as they are made, so the output of a run that is ended early is
 * a beginning of the right one. */
#define _GNU_SOURCE
#include <popcorn.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))
#define PAGE 4096
#define PAGES 96
#define THREADS 3

static unsigned char *memory;
static atomic_long counter;
static volatile sig_atomic_t handled;

static void go(int node)
{
    if (popcorn_node_count() > node) {
        popcorn_migrate(node); /* it stays where that node is gone */
    }
}

static void say(const char *what, long value)
{
    printf("%s %ld\n", what, value);
    fflush(stdout);
}

static unsigned char *map(size_t size_bytes)
{
    unsigned char *address = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (address == MAP_FAILED) {
        say("mmap failed", 0);
        exit(1);
    }
    return address;
}

static NOINLINE void write_pages(int step, int value)
{
    for (int i = 0; i < PAGES; i += step) {
        memory[i * PAGE + i] = (unsigned char)(i * value + 1);
        popcorn_migrate_point();
    }
}

static NOINLINE long read_pages(int step)
{
    long sum = 0;

    for (int i = 0; i < PAGES; i += step) {
        int page = i * 37 % PAGES;
        sum += memory[page * PAGE + page] * (page + 1);
        popcorn_migrate_point();
    }
    return sum;
}

/* New memory, larger than the arena's granule, and gone again. */
static NOINLINE long grow(int value)
{
    size_t size_bytes = 96 << 20;
    unsigned char *large = map(size_bytes);
    long sum;

    large[size_bytes / 2] = (unsigned char)value;
    mprotect(large, PAGE, PROT_READ);
    if (clock() == (clock_t)-1) {
        return -1;
    }
    large[size_bytes - 1] = (unsigned char)(value + 1);
    sum = large[size_bytes / 2] + large[size_bytes - 1] + large[0];
    munmap(large, size_bytes);
    return sum;
}

static NOINLINE long forks(void)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        _exit(memory[PAGE + 1] & 127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return -1;
    }
    return WEXITSTATUS(status);
}

static void on_alarm(int signal_number)
{
    (void)signal_number;
    handled = 1;
}

/* A handler that comes due while the thread computes. */
static NOINLINE void wait_for_alarm(void)
{
    const struct itimerval soon = {.it_value = {0, 5000}};

    handled = 0;
    setitimer(ITIMER_REAL, &soon, NULL);
    while (!handled) {
        popcorn_migrate_point();
    }
}

static void one(void)
{
    for (int round = 0; round < 3; round++) {
        write_pages(1, round + 1);
        go(1);
        say("away reads", read_pages(1));
        write_pages(2, round + 2);
        wait_for_alarm();
        go(1);
        say("grown", grow(round));
        say("fork", forks());
        write_pages(3, round + 5);
        go(0);
        say("home reads", read_pages(1));
    }
}

static sem_t turn[THREADS], done;
static atomic_int id[THREADS];

static void *work(void *argument)
{
    long self = (long)(intptr_t)argument;

    atomic_store(&id[self], popcorn_gettid());
    go(1);
    sem_post(&done);
    for (int round = 0; round < 3; round++) {
        sem_wait(&turn[self]);
        for (int i = 0; i < 60; i++) {
            atomic_fetch_add(&counter, self + 1);
            memory[(i + self) % PAGES * PAGE + 64 * self + 128] += 1;
            popcorn_migrate_point();
        }
        if (round == 1) {
            go(0);
            go(1);
        }
        sem_post(&done);
    }
    sem_wait(&turn[self]);
    return NULL;
}

static void several(void)
{
    pthread_t thread[THREADS];

    sem_init(&done, 0, 0);
    for (intptr_t i = 0; i < THREADS; i++) {
        sem_init(&turn[i], 0, 0);
        if (pthread_create(&thread[i], NULL, work, (void *)i) != 0) {
            say("no thread", i);
            exit(1);
        }
    }
    for (int i = 0; i < THREADS; i++) {
        sem_wait(&done);
    }
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < THREADS; i++) {
            sem_post(&turn[i]);
        }
        say("grown", grow(round));
        say("fork", forks());
        for (int i = 0; i < THREADS; i++) {
            sem_wait(&done);
        }
        say("counter", atomic_load(&counter));
        write_pages(5, round);
        popcorn_request_migration(atomic_load(&id[round]), round % 2);
    }
    for (int i = 0; i < THREADS; i++) {
        sem_post(&turn[i]);
        pthread_join(thread[i], NULL);
    }
    say("reads", read_pages(1));
}

static void pages(void)
{
    for (int round = 0; round < 2; round++) {
        go(1);
        write_pages(1, round + 3);
        go(0);
        say("round", round);
        for (int i = 0; i < PAGES; i += 8) {
            say("page", memory[i * PAGE + i]);
            memory[i * PAGE] = (unsigned char)i;
        }
        say("reads", read_pages(1));
        say("grown", grow(round));
    }
}

static sem_t asked;
static atomic_int stop;

/* Another thread's request; what is refused is not the thread's own wish. */
static void *propose(void *argument)
{
    int node = (int)(intptr_t)argument;

    sem_wait(&asked);
    while (!atomic_load(&stop)) {
        popcorn_request_migration(getpid(), node);
        usleep(20000);
    }
    return NULL;
}

/* Deeper than the stack of the node it is asked to go to. */
static NOINLINE long descend(long depth)
{
    long result;

    if (depth == 0) {
        sem_post(&asked);
        for (int i = 0; i < 10; i++) {
            usleep(10000);
            popcorn_migrate_point();
        }
        atomic_store(&stop, 1);
        return 0;
    }
    result = descend(depth - 1);
    popcorn_migrate_point();
    return result + depth % 3;
}

static void deep(int from, int to, long depth)
{
    pthread_t helper;

    sem_init(&asked, 0, 0);
    go(from);
    pthread_create(&helper, NULL, propose, (void *)(intptr_t)to);
    say("descended", descend(depth));
    pthread_join(helper, NULL);
    sleep(3); /* for heartbeats */
}

static void large(size_t size_bytes)
{
    unsigned char *bytes = map(size_bytes);
    long sum = 0;

    memset(bytes, 1, size_bytes);
    say("written", bytes[size_bytes - 1]);
    go(1);
    for (size_t i = 0; i < size_bytes; i += 64) {
        sum += bytes[i];
    }
    say("sum", sum);
}

static sem_t all_there;

static void *wait_there(void *argument)
{
    go(1);
    sem_post(&done);
    sem_wait(&all_there);
    return argument;
}

static void crowd(int wanted)
{
    pthread_t *thread = calloc((size_t)wanted, sizeof *thread);
    int made = 0;

    sem_init(&done, 0, 0);
    sem_init(&all_there, 0, 0);
    while (made < wanted &&
           pthread_create(&thread[made], NULL, wait_there, NULL) == 0) {
        made++;
    }
    for (int i = 0; i < made; i++) {
        sem_wait(&done);
    }
    for (int i = 0; i < made; i++) {
        sem_post(&all_there);
    }
    for (int i = 0; i < made; i++) {
        pthread_join(thread[i], NULL);
    }
    say("threads", made);
    free(thread);
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";

    signal(SIGALRM, on_alarm);
    memory = map(PAGES * PAGE);
    if (strcmp(way, "one") == 0) {
        one();
    } else if (strcmp(way, "several") == 0) {
        several();
    } else if (strcmp(way, "pages") == 0) {
        pages();
    } else if (strcmp(way, "deep") == 0 && argc > 4) {
        deep(atoi(argv[2]), atoi(argv[3]), atol(argv[4]));
    } else if (strcmp(way, "large") == 0 && argc > 2) {
        large((size_t)atol(argv[2]) << 20);
    } else if (strcmp(way, "crowd") == 0 && argc > 2) {
        crowd(atoi(argv[2]));
    } else {
        return 2;
    }
    say("end", atomic_load(&counter));
    return 0;
}
