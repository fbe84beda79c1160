/* Handlers, masks, EINTR and SA_RESTART, whichever node the thread is on. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "say.h"

static volatile sig_atomic_t caught;
static volatile sig_atomic_t order[8];
static volatile sig_atomic_t order_length;
static int self_pipe[2];

static void on_signal(int signal)
{
    caught++;
    order[order_length++ & 7] = signal;
}

static void on_info(int signal, siginfo_t *info, void *context)
{
    (void)context;
    caught += signal == SIGUSR2 && info->si_value.sival_int == 77;
}

static void write_pipe(int signal)
{
    char byte = (char)signal;

    write(self_pipe[1], &byte, 1);
}

static void handle(int signal, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    CHECK(sigaction(signal, &action, NULL) == 0);
}

static void set_timer(long first_us, long period_us)
{
    struct itimerval timer = {{0, period_us}, {0, first_us}};

    CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0);
}

static void to_itself(void)
{
    struct sigaction action = {.sa_sigaction = on_info, .sa_flags = SA_SIGINFO};
    struct sigaction old;
    union sigval value = {.sival_int = 77};

    handle(SIGUSR1, on_signal, 0);
    for (int i = 0; i < 30; i++) {
        caught = 0;
        CHECK(raise(SIGUSR1) == 0);
        CHECK(caught == 1);
        CHECK(kill(getpid(), SIGUSR1) == 0);
        CHECK(caught == 2);
    }
    CHECK(sigaction(SIGUSR2, &action, &old) == 0 && old.sa_handler == SIG_DFL);
    CHECK(sigaction(SIGUSR2, NULL, &old) == 0 && old.sa_sigaction == on_info);
    caught = 0;
    CHECK(sigqueue(getpid(), SIGUSR2, value) == 0 && caught == 1);
}

static void masks(void)
{
    sigset_t set, old, pending;

    handle(SIGUSR2, on_signal, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
    caught = order_length = 0;
    CHECK(raise(SIGUSR1) == 0 && raise(SIGUSR2) == 0 && caught == 0);
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) == 1);
    CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
    CHECK(caught == 2);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &pending) == 0);
    CHECK(sigismember(&pending, SIGUSR1) == 0);
}

static void one_shot(void)
{
    struct sigaction old;

    handle(SIGUSR1, on_signal, SA_RESETHAND);
    caught = 0;
    CHECK(raise(SIGUSR1) == 0 && caught == 1);
    CHECK(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == SIG_DFL);
}

static void interrupts(void)
{
    char byte;
    int ends[2];

    CHECK(pipe(ends) == 0 && pipe(self_pipe) == 0);
    /* periodic: the first one may come before the read does */
    for (int i = 0; i < 5; i++) {
        caught = 0;
        handle(SIGALRM, on_signal, 0);
        set_timer(3000, 3000);
        CHECK(read(ends[0], &byte, 1) == -1 && errno == EINTR);
        set_timer(0, 0);
        CHECK(caught >= 1);
        /* restarted: what ends the read is what the handler wrote */
        handle(SIGALRM, write_pipe, SA_RESTART);
        set_timer(3000, 3000);
        CHECK(read(self_pipe[0], &byte, 1) == 1 && byte == SIGALRM);
        set_timer(0, 0);
    }
}

static void suspends(void)
{
    sigset_t block, old;

    handle(SIGALRM, on_signal, SA_RESTART);
    sigemptyset(&block);
    sigaddset(&block, SIGALRM);
    CHECK(sigprocmask(SIG_BLOCK, &block, &old) == 0);
    for (int i = 0; i < 5; i++) {
        caught = 0;
        set_timer(2000, 0);
        CHECK(sigsuspend(&old) == -1 && errno == EINTR);
        CHECK(caught == 1);
    }
    CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
}

/* A timer that fires while the thread computes. */
static void while_computing(void)
{
    double sum = 0;

    caught = 0;
    handle(SIGALRM, on_signal, SA_RESTART);
    set_timer(500, 500);
    for (long i = 1; caught < 20; i++) {
        sum += 1.0 / (double)i;
    }
    set_timer(0, 0);
    CHECK(sum > 1);
}

static void children(void)
{
    int status;

    handle(SIGCHLD, on_signal, SA_RESTART);
    for (int i = 0; i < 3; i++) {
        pid_t child;

        caught = 0;
        child = fork();
        if (child == 0) {
            handle(SIGUSR1, on_signal, 0);
            caught = 0;
            raise(SIGUSR1);
            _exit(caught == 1 ? 11 : 12);
        }
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 11);
        for (int wait = 0; caught == 0 && wait < 2000; wait++) {
            usleep(1000);
        }
        CHECK(caught == 1);
    }
}

int main(int argc, char **argv)
{
    to_itself();
    masks();
    one_shot();
    interrupts();
    suspends();
    while_computing();
    children();
    say("signals done\n");
    if (argc > 1 && strcmp(argv[1], "--end-by") == 0) {
        raise(atoi(argv[2]));
        say("still here\n");
    }
    return 0;
}
