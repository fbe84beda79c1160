/* Handlers that are due run in the order of their signals, one after the other:
 * a migration point inside one must not run the next, whose signal it blocks. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static volatile int handled, running;

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    if (running || info->si_value.sival_int != handled) {
        abort();
    }
    running = 1;
    handled = handled + 1;
    running = 0;
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigset_t blocked;
    union sigval value;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGRTMIN);
    sigaction(SIGRTMIN, &action, NULL);
    for (int round = 0; round < 20; round++) {
        sigprocmask(SIG_BLOCK, &blocked, NULL);
        handled = 0;
        for (value.sival_int = 0; value.sival_int < 10; value.sival_int++) {
            if (sigqueue(getpid(), SIGRTMIN, value) != 0) {
                return 1;
            }
        }
        sigprocmask(SIG_UNBLOCK, &blocked, NULL);
        while (handled < 10) {
        }
    }
    return 0;
}
