/* pinned exec | protect | file | shm | timer | none: gets something that keeps it
 * at home, says so, and computes until a line comes on its standard input; then
 * says what its poll word is. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/time.h>

#define PAGE 4096
#define NODE_PAGE                                                              \
    ((const volatile uint32_t *)0x10000000) /* runtime/base/layout.h */

static __attribute__((noinline)) long compute(long n)
{
    long sum = 0;

    for (long i = 0; i < n; i++) {
        sum += i % 7;
    }
    return sum;
}

static void get(const char *what)
{
    const struct itimerval hour = {{0, 0}, {3600, 0}};
    char *at = mmap(NULL, PAGE,
                    PROT_READ | PROT_WRITE |
                        (strcmp(what, "exec") == 0 ? PROT_EXEC : 0),
                    MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    int result = at == MAP_FAILED;

    if (strcmp(what, "protect") == 0) {
        result = mprotect(at, PAGE, PROT_READ | PROT_EXEC);
    } else if (strcmp(what, "file") == 0) {
        at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
                  fileno(tmpfile()), 0);
        result = at == MAP_FAILED;
    } else if (strcmp(what, "shm") == 0) {
        int id = shmget(IPC_PRIVATE, PAGE, 0600);
        at = shmat(id, NULL, 0);
        result = shmctl(id, IPC_RMID, NULL) != 0 || at == (char *)-1;
    } else if (strcmp(what, "timer") == 0) {
        result = setitimer(ITIMER_PROF, &hour, NULL);
    }
    if (result != 0) {
        exit(1);
    }
}

int main(int argc, char **argv)
{
    struct pollfd input = {.fd = 0, .events = POLLIN};

    get(argc > 1 ? argv[1] : "none");
    puts("ready");
    fflush(stdout);
    while (poll(&input, 1, 0) == 0) {
        compute(100000);
    }
    compute(100000);
    printf("poll word %u\n", NODE_PAGE[0]);
    return 0;
}
