/* siglongjmp and longjmp out of a signal handler, to a buffer that was filled
 * before the thread moved. */
#include "language.h"
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static sigjmp_buf buffer;
static volatile sig_atomic_t handled;

static void jump(int signal)
{
    handled++;
    point();
    siglongjmp(buffer, signal);
}

static NOINLINE void descend(int depth, int signal)
{
    char own[64];

    memset(own, depth, sizeof(own));
    point();
    if (depth == 0) {
        raise(signal);
        for (;;) {
            point();
        }
    }
    descend(depth - 1, signal);
    printf("not reached %u\n", hash(own, sizeof(own)));
}

static int blocked(int signal)
{
    sigset_t mask;

    sigprocmask(SIG_SETMASK, NULL, &mask);
    return sigismember(&mask, signal);
}

/* By raise(), several frames deep; the mask comes back. */
static NOINLINE int raised(int signal, int depth)
{
    volatile int rounds = 0;
    int caught = sigsetjmp(buffer, 1);

    point();
    if (rounds < 4) {
        rounds++;
        descend(depth + rounds, signal);
    }
    return caught * 100 + rounds * 10 + blocked(signal);
}

/* By a timer, out of a computation. */
static NOINLINE int timed(void)
{
    struct itimerval timer = {{0, 0}, {0, 20000}};
    volatile unsigned long work = 1;

    if (sigsetjmp(buffer, 1) == 0) {
        setitimer(ITIMER_REAL, &timer, NULL);
        for (;;) {
            work = work * 3 + 1;
        }
    }
    point();
    return work % 2 < 2;
}

/* Out of a system call that waits. */
static NOINLINE int waiting(void)
{
    struct itimerval timer = {{0, 0}, {0, 50000}};
    int fds[2];
    char c;

    if (pipe(fds) != 0) {
        return -1;
    }
    if (sigsetjmp(buffer, 1) == 0) {
        point();
        setitimer(ITIMER_REAL, &timer, NULL);
        if (read(fds[0], &c, 1) >= 0) {
            return -2;
        }
        return -3;
    }
    point();
    close(fds[0]);
    close(fds[1]);
    return 1;
}

/* What outer functions keep in registers is there after the jump. */
static NOINLINE long outer(long a, long b, long c, double d)
{
    long e = a * b, f = b - c, g = a ^ c;
    double h = d * 3;
    int caught = raised(SIGUSR1, 2);

    point();
    return a + 2 * b + 3 * c + 4 * e + 5 * f + 6 * g + (long)(d + h) + caught;
}

/* 300 functions that called setjmp on the stack; the handler, on a stack of its
 * own, jumps to each 60th in turn. */
static sigjmp_buf *levels[300];
static int target = 300;

static void jump_to_level(int signal)
{
    (void)signal;
    target -= 60;
    point();
    siglongjmp(*levels[target], target + 1);
}

static NOINLINE int level(int depth)
{
    sigjmp_buf own;
    int result = sigsetjmp(own, 1);

    if (result != 0) {
        handled += depth;
        point();
        if (target > 0) {
            raise(SIGUSR1);
        }
        return result + depth;
    }
    levels[depth] = &own;
    if (depth == 299) {
        point();
        raise(SIGUSR1);
        return -1;
    }
    result = level(depth + 1);
    return result + (levels[depth] == &own);
}

static NOINLINE int on_own_stack(void)
{
    static char memory[65536];
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
    struct sigaction action = {.sa_handler = jump_to_level,
                               .sa_flags = SA_ONSTACK};

    handled = 0;
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    return level(0) + handled;
}

/* longjmp within the handler alone. */
static void inside(int signal)
{
    jmp_buf own;
    volatile int count = 0;

    setjmp(own);
    count++;
    point();
    if (count < 5) {
        longjmp(own, count);
    }
    handled = signal * 10 + count;
}

int main(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = jump;
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGALRM, &action, NULL);
    printf("raised %d\n", raised(SIGUSR1, 3));
    printf("timed %d\n", timed());
    printf("waiting %d\n", waiting());
    printf("outer %ld\n", outer(hidden(3), hidden(5), hidden(7), 1.5));
    printf("own stack %d\n", on_own_stack());
    action.sa_handler = inside;
    sigaction(SIGUSR2, &action, NULL);
    raise(SIGUSR2);
    printf("inside %d\n", handled);
    return 0;
}
