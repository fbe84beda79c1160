/* A thread that is away is sent far more signals than it can handle: each comes,
 * once and in order, and the mask of the thread is what it was. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define SIGNALS 3000

static volatile int handled;

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    if (info->si_value.sival_int != handled) {
        abort();
    }
    handled = handled + 1;
}

static void *send_all(void *unused)
{
    union sigval value;

    for (value.sival_int = 0; value.sival_int < SIGNALS; value.sival_int++) {
        while (sigqueue(getpid(), SIGRTMIN, value) != 0) {
            if (errno != EAGAIN) {
                abort();
            }
            sched_yield();
        }
    }
    return unused;
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigset_t sent, before, now;
    pthread_t sender;

    sigaction(SIGRTMIN, &action, NULL);
    sigemptyset(&sent);
    sigaddset(&sent, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &sent, &before);
    if (pthread_create(&sender, NULL, send_all, NULL) != 0) {
        return 1;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    while (handled < SIGNALS) {
        getppid();
        sigprocmask(SIG_BLOCK, &before, &now);
        if (sigismember(&now, SIGRTMIN)) {
            return 2;
        }
    }
    pthread_join(sender, NULL);
    return 0;
}
