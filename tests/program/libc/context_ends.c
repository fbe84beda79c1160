/* What ends a program or a thread because of contexts: context_ends CASE.  Which
 * message that gives is in context_ends.sh. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define STACK_BYTES (64 * 1024)

static ucontext_t inside, outside;
static char stacks[2][STACK_BYTES];

static void make(ucontext_t *context, char *stack, ucontext_t *link,
                 void (*function)(void))
{
    getcontext(context);
    context->uc_stack.ss_sp = stack;
    context->uc_stack.ss_size = STACK_BYTES;
    context->uc_link = link;
    makecontext(context, function, 0);
}

static void one_step(void)
{
    swapcontext(&inside, &outside);
}

static void steps(void)
{
    for (;;) {
        one_step();
    }
}

static void resume_twice(void)
{
    ucontext_t copy;

    make(&inside, stacks[0], &outside, steps);
    swapcontext(&outside, &inside);
    memcpy(&copy, &inside, sizeof copy);
    swapcontext(&outside, &inside);
    setcontext(&copy);
}

static void resume_ended(void)
{
    make(&inside, stacks[0], &outside, one_step);
    swapcontext(&outside, &inside);
    swapcontext(&outside, &inside);
    swapcontext(&outside, &inside);
}

static void never_filled(void)
{
    memset(&outside, 0, sizeof outside);
    setcontext(&outside);
}

static void by_its_address(void)
{
    int (*volatile get)(ucontext_t *) = getcontext;

    get(&outside);
    setcontext(&outside);
}

/* The same is enough for a new one. */
static void made_by_its_address(void)
{
    int (*volatile get)(ucontext_t *) = getcontext;

    get(&inside);
    inside.uc_stack.ss_sp = stacks[0];
    inside.uc_stack.ss_size = STACK_BYTES;
    inside.uc_link = &outside;
    makecontext(&inside, one_step, 0);
    swapcontext(&outside, &inside);
    swapcontext(&outside, &inside);
    puts("resumed twice");
}

static ucontext_t running[2], scheduler;
static volatile int turn, ticks;
static volatile long passes[2];

static void tick(int signal)
{
    (void)signal;
    ticks++;
    swapcontext(&running[turn], &scheduler);
}

static void run_forever(void)
{
    for (;;) {
        passes[turn]++;
    }
}

/* A timer takes the processor away from each. */
static void preempt(void)
{
    struct itimerval often = {{0, 2000}, {0, 2000}};
    sigset_t mask;

    make(&running[0], stacks[0], NULL, run_forever);
    make(&running[1], stacks[1], NULL, run_forever);
    signal(SIGALRM, tick);
    sigemptyset(&mask);
    sigaddset(&mask, SIGALRM);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    while (ticks < 100) {
        turn = ticks & 1;
        swapcontext(&scheduler, &running[turn]);
    }
    printf("%d %d\n", passes[0] != 0, passes[1] != 0);
}

static void in_child(void)
{
    pid_t child;
    int status;

    make(&inside, stacks[0], &outside, one_step);
    swapcontext(&outside, &inside);
    child = fork();
    swapcontext(&outside, &inside);
    if (child == 0) {
        _exit(7);
    }
    waitpid(child, &status, 0);
    printf("%d\n", WEXITSTATUS(status));
}

static void nothing(void) {}

static void *end_in_context(void *argument)
{
    ucontext_t last;

    (void)argument;
    make(&last, malloc(STACK_BYTES), NULL, nothing);
    setcontext(&last);
    return (void *)1;
}

static void exit_inside(void)
{
    pthread_exit((void *)5);
}

static void *exit_in_context(void *argument)
{
    static _Thread_local ucontext_t last, own;

    make(&last, malloc(STACK_BYTES), &own, exit_inside);
    swapcontext(&own, &last);
    return argument;
}

/* Threads' control stacks go with them: there is no room for those of 2000. */
static void exit_threads(void)
{
    struct rlimit limit = {(rlim_t)1 << 30, (rlim_t)1 << 30};
    int threads = getenv("ROOM") != NULL ? 2000 : 20;
    long sum = 0;

    if (threads > 1000) {
        setrlimit(RLIMIT_AS, &limit);
    }
    for (int i = 0; i < threads; i++) {
        pthread_t thread;
        void *result = NULL;

        if (pthread_create(&thread, NULL, exit_in_context, NULL) != 0) {
            break;
        }
        pthread_join(thread, &result);
        sum += (long)result;
    }
    printf("sum %ld\n", sum);
}

/* POSIX: the thread ends, not the program. */
static void end_threads(void)
{
    for (int i = 0; i < 50; i++) {
        pthread_t thread;
        void *result = (void *)1;

        pthread_create(&thread, NULL, end_in_context, NULL);
        pthread_join(thread, &result);
        if (result != NULL) {
            puts("another result");
        }
    }
    puts("50 threads ended");
}

/* A thread with little control stack goes on with the main thread's deep one. */
static ucontext_t deep, of_thread;
static volatile int resumptions;

static void *go_on_with_deep(void *argument)
{
    (void)argument;
    errno = 0;
    if (swapcontext(&of_thread, &deep) != 0) {
        printf("no room: %d\n", errno == ENOMEM);
    } else {
        puts("room");
    }
    return NULL;
}

static void run_thread(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, go_on_with_deep, NULL);
    pthread_join(thread, NULL);
    setcontext(&deep);
}

__attribute__((noinline)) static int down(int depth)
{
    volatile int kept = depth;

    if (depth == 0) {
        swapcontext(&deep, &inside);
        if (resumptions++ == 0 && getenv("ROOM") != NULL) {
            swapcontext(&deep, &of_thread);
        }
        return 1;
    }
    return down(depth - 1) + kept % 3;
}

static void go_deep(void)
{
    make(&inside, stacks[0], NULL, run_thread);
    printf("depth %d\n", down(30000));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {
        {"twice", resume_twice},
        {"ended", resume_ended},
        {"never", never_filled},
        {"address", by_its_address},
        {"made", made_by_its_address},
        {"preempt", preempt},
        {"deep", go_deep},
        {"exits", exit_threads},
        {"child", in_child},
        {"threads", end_threads},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (argc > 1 && strcmp(argv[1], cases[i].name) == 0) {
            cases[i].run();
        }
    }
    return 0;
}
