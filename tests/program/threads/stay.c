/* stay file | exec | segment | fork: threads move; then one gets something that
 * only the home node can have, and all of them use it: one that was computing,
 * one that waited on a condition variable, one that was reading a pipe. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include "threads.h"

#define USERS 3
#define PAGE 4096

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static int ends[2];
static int file;
static char *anonymous; /* mapped before, shared with a child later */
static _Atomic(char *) memory;
static atomic_int waiting;

static NOINLINE long compute(long n)
{
    long sum = 0;

    for (long i = 0; i < n; i++) {
        sum += i % 7;
    }
    return sum;
}

static char *get_file(void)
{
    char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

    CHECK(at != MAP_FAILED);
    return at;
}

static char *get_exec(void)
{
    char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(at != MAP_FAILED);
    return at;
}

static char *get_segment(void)
{
    int id = shmget(IPC_PRIVATE, PAGE, 0600 | IPC_CREAT);
    char *at = shmat(id, NULL, 0);

    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
    CHECK(at != (char *)-1);
    return at;
}

/* The child's writes are seen by all threads of its parent. */
static char *get_fork(void)
{
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        anonymous[PAGE - 1] = 'c';
        _exit(anonymous[PAGE - 2] == 'p' ? 7 : 8);
    }
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7);
    CHECK(anonymous[PAGE - 1] == 'c');
    return anonymous;
}

static void await_memory(long self)
{
    char byte;

    atomic_fetch_add(&waiting, 1);
    if (self == 0) {
        while (atomic_load(&memory) == NULL) {
            compute(100);
        }
    } else if (self == 1) {
        pthread_mutex_lock(&mutex);
        while (atomic_load(&memory) == NULL) {
            pthread_cond_wait(&filled, &mutex);
        }
        pthread_mutex_unlock(&mutex);
    } else {
        CHECK(read(ends[0], &byte, 1) == 1);
    }
}

static void *use(void *argument)
{
    long self = (long)(intptr_t)argument;
    char *at;

    for (int i = 0; i < 40; i++) {
        compute(2000);
    }
    await_memory(self);
    at = atomic_load(&memory);
    CHECK(at[16 * self] == (char)('a' + self));
    for (int i = 0; i < 10; i++) {
        at[16 * self + 1 + i] = (char)('0' + i);
        compute(100);
    }
    return NULL;
}

static void publish(char *at)
{
    for (int i = 0; i < USERS; i++) {
        at[16 * i] = (char)('a' + i);
    }
    pthread_mutex_lock(&mutex);
    atomic_store(&memory, at);
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&mutex);
    CHECK(write(ends[1], "x", 1) == 1);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "file";
    pthread_t threads[USERS];
    char name[] = "/tmp/popcorn-stay-XXXXXX";
    char contents[PAGE] = "";

    file = mkstemp(name);
    CHECK(file >= 0 && unlink(name) == 0 && ftruncate(file, PAGE) == 0);
    CHECK(pipe(ends) == 0);
    anonymous = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(anonymous != MAP_FAILED);
    for (intptr_t i = 0; i < USERS; i++) {
        threads[i] = start(use, (void *)i);
    }
    do {
        anonymous[PAGE - 2] = 'p';
        compute(20000);
    } while (atomic_load(&waiting) != USERS);
    publish(strcmp(what, "exec") == 0      ? get_exec()
            : strcmp(what, "segment") == 0 ? get_segment()
            : strcmp(what, "fork") == 0    ? get_fork()
                                           : get_file());
    for (int i = 0; i < USERS; i++) {
        join(threads[i]);
    }
    if (strcmp(what, "file") == 0) {
        CHECK(pread(file, contents, PAGE, 0) == PAGE);
        CHECK(memcmp(contents, memory, PAGE) == 0);
    }
    for (int i = 0; i < USERS; i++) {
        printf("%.11s\n", memory + 16 * i);
    }
    return 0;
}
