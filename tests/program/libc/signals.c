/* Signals: handlers, information, masks, restart, timers, alternate stack. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t count, last;
static volatile int code, value;
static void *volatile address;
static volatile unsigned long pc;

static void simple(int signal)
{
    count++;
    last = signal;
}

static void detailed(int signal, siginfo_t *info, void *context)
{
    ucontext_t *ucontext = context;

    count++;
    last = signal;
    code = info->si_code;
    value = info->si_value.sival_int;
    pc = ucontext->uc_mcontext.pc;
    CHECK(sigismember(&ucontext->uc_sigmask, SIGUSR2) == 0);
    /* Blocked once the handler returns. */
    if (signal == SIGUSR1) {
        sigaddset(&ucontext->uc_sigmask, SIGUSR2);
    }
}

static void install(int signal, int flags, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    CHECK(sigaction(signal, &action, NULL) == 0);
}

static void test_actions(void)
{
    struct sigaction action = {.sa_sigaction = detailed,
                               .sa_flags = SA_SIGINFO},
                     old;
    sigset_t set;

    install(SIGUSR1, 0, simple);
    raise(SIGUSR1);
    CHECK(count == 1 && last == SIGUSR1);
    CHECK(sigaction(SIGUSR1, &action, &old) == 0);
    CHECK(old.sa_handler == simple && old.sa_flags == 0);
    CHECK(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 99}) == 0);
    CHECK(count == 2 && code == SI_QUEUE && value == 99 && pc != 0);
    sigprocmask(SIG_SETMASK, NULL, &set);
    CHECK(sigismember(&set, SIGUSR2));
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    CHECK(sigaction(SIGUSR1, NULL, &old) == 0);
    CHECK(old.sa_sigaction == detailed && old.sa_flags == SA_SIGINFO);
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    CHECK(count == 2);
    CHECK(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
    CHECK(sigaction(SIGKILL, &action, NULL) == -1 && errno == EINVAL);
    install(SIGUSR1, SA_RESETHAND | SA_RESTART, simple);
    raise(SIGUSR1);
    CHECK(count == 3 && sigaction(SIGUSR1, NULL, &old) == 0);
    CHECK(old.sa_handler == SIG_DFL &&
          old.sa_flags == (SA_RESETHAND | SA_RESTART));
}

static void test_masks(void)
{
    sigset_t set, pending, empty;
    siginfo_t info;

    count = 0;
    install(SIGUSR1, 0, simple);
    sigemptyset(&set);
    sigemptyset(&empty);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    CHECK(count == 0);
    sigpending(&pending);
    CHECK(sigismember(&pending, SIGUSR1));
    CHECK(sigsuspend(&empty) == -1 && errno == EINTR && count == 1);
    raise(SIGUSR1);
    CHECK(sigwaitinfo(&set, &info) == SIGUSR1 && info.si_pid == getpid());
    struct timespec short_time = {.tv_nsec = 1000000};
    CHECK(sigtimedwait(&set, &info, &short_time) == -1 && errno == EAGAIN);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    CHECK(count == 1);
}

static void arm(long us)
{
    struct itimerval timer = {.it_value = {.tv_usec = us}};

    setitimer(ITIMER_REAL, &timer, NULL);
}

static void test_interruption(void)
{
    int pipes[2];
    char byte;
    struct timespec long_time = {.tv_sec = 5}, left;

    count = 0;
    CHECK(pipe(pipes) == 0);
    install(SIGALRM, 0, simple);
    arm(20000);
    CHECK(read(pipes[0], &byte, 1) == -1 && errno == EINTR && count == 1);
    arm(20000);
    CHECK(nanosleep(&long_time, &left) == -1 && errno == EINTR);
    CHECK(left.tv_sec >= 4 || left.tv_nsec > 0);
    install(SIGALRM, SA_RESTART, simple);
    pid_t child = fork();
    if (child == 0) {
        usleep(400000); /* well after the alarm */
        _exit(write(pipes[1], "x", 1) != 1);
    }
    arm(20000);
    CHECK(read(pipes[0], &byte, 1) == 1 && byte == 'x' && count == 3);
    CHECK(waitpid(child, NULL, 0) == child);
    close(pipes[0]);
    close(pipes[1]);
}

static void test_timer(void)
{
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGRTMIN};
    struct itimerspec when = {.it_value = {.tv_nsec = 2000000},
                              .it_interval = {.tv_nsec = 2000000}};

    count = 0;
    install(SIGRTMIN, 0, simple);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    CHECK(timer_settime(timer, 0, &when, NULL) == 0);
    for (int i = 0; i < 1000 && count < 3; i++) {
        usleep(2000);
    }
    CHECK(count >= 3);
    CHECK(timer_delete(timer) == 0);
}

static void fault(int signal, siginfo_t *info, void *context)
{
    (void)context;
    last = signal;
    address = info->si_addr;
    count++;
    install(SIGSEGV, 0, SIG_DFL);
    _exit(address == (void *)8 ? 7 : 1);
}

static void test_fault(void)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        struct sigaction action = {.sa_sigaction = fault,
                                   .sa_flags = SA_SIGINFO | SA_ONSTACK};
        stack_t stack = {.ss_sp = malloc(SIGSTKSZ), .ss_size = SIGSTKSZ}, old;
        volatile int *volatile bad = (int *)8;

        CHECK(sigaltstack(&stack, NULL) == 0);
        CHECK(sigaltstack(NULL, &old) == 0 && old.ss_sp == stack.ss_sp);
        sigaction(SIGSEGV, &action, NULL);
        *bad = 1;
        _exit(2);
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    child = fork();
    if (child == 0) {
        abort();
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static int compare_and_signal(const void *l, const void *r)
{
    if (count < 5) {
        raise(SIGUSR1);
    }
    return *(const int *)l - *(const int *)r;
}

static void sort_inside(int signal)
{
    int numbers[5] = {5, 4, 3, 2, 1};

    (void)signal;
    count++;
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            if (numbers[j] > numbers[j + 1]) {
                int t = numbers[j];
                numbers[j] = numbers[j + 1];
                numbers[j + 1] = t;
            }
        }
    }
    CHECK(numbers[0] == 1 && numbers[4] == 5);
}

static void test_inside_callback(void)
{
    int numbers[64];

    count = 0;
    install(SIGUSR1, 0, sort_inside);
    for (int i = 0; i < 64; i++) {
        numbers[i] = 64 - i;
    }
    qsort(numbers, 64, sizeof *numbers, compare_and_signal);
    CHECK(count == 5 && numbers[0] == 1 && numbers[63] == 64);
}

int main(void)
{
    test_actions();
    test_masks();
    test_interruption();
    test_timer();
    test_fault();
    test_inside_callback();
    return finish("signals");
}
