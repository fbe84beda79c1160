/* <ucontext.h>: each part prints the same as with glibc, wherever its contexts go on.
 *
 * contexts [PART] */
#define _GNU_SOURCE
#include <errno.h>
#include <fenv.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#define STACK_BYTES (64 * 1024)

static void make_on(ucontext_t *context, void *stack, ucontext_t *link,
                    void (*function)(void))
{
    getcontext(context);
    context->uc_stack.ss_sp = stack;
    context->uc_stack.ss_size = STACK_BYTES;
    context->uc_link = link;
    makecontext(context, function, 0);
}

/* --- a generator that recurses: the nodes of a tree in order --- */

struct walk {
    ucontext_t inside, outside;
    const struct tree *tree;
    int value, has_ended;
};

struct tree {
    struct tree *left, *right;
    int value;
};

static struct tree *insert(struct tree *tree, int value)
{
    if (tree == NULL) {
        tree = calloc(1, sizeof *tree);
        tree->value = value;
    } else if (value < tree->value) {
        tree->left = insert(tree->left, value);
    } else {
        tree->right = insert(tree->right, value);
    }
    return tree;
}

static void visit(struct walk *walk, const struct tree *tree, int *depth)
{
    int below = *depth + 1; /* a pointer to a local in each frame */

    if (tree != NULL) {
        visit(walk, tree->left, &below);
        walk->value = tree->value * 100 + *depth;
        swapcontext(&walk->inside, &walk->outside);
        visit(walk, tree->right, &below);
    }
}

/* A pointer in two halves, as is usual where arguments are int. */
static void walk_tree(unsigned low, unsigned high)
{
    struct walk *walk = (struct walk *)((uintptr_t)high << 32 | low);
    int depth = 0;

    visit(walk, walk->tree, &depth);
    walk->has_ended = 1;
}

static void start_walk(struct walk *walk, const struct tree *tree)
{
    memset(walk, 0, sizeof *walk);
    walk->tree = tree;
    getcontext(&walk->inside);
    walk->inside.uc_stack.ss_sp = malloc(STACK_BYTES);
    walk->inside.uc_stack.ss_size = STACK_BYTES;
    walk->inside.uc_link = &walk->outside;
    makecontext(&walk->inside, (void (*)(void))walk_tree, 2,
                (unsigned)(uintptr_t)walk, (unsigned)((uintptr_t)walk >> 32));
}

static int next(struct walk *walk)
{
    swapcontext(&walk->outside, &walk->inside);
    return !walk->has_ended;
}

static void test_generators(void)
{
    struct tree *trees[2] = {NULL, NULL};
    struct walk walks[2];
    unsigned seed = 7;

    for (int i = 0; i < 120; i++) {
        seed = seed * 1103515245u + 12345u;
        trees[i % 2] = insert(trees[i % 2], (int)(seed >> 16 & 1023));
    }
    for (int i = 0; i < 2; i++) {
        start_walk(&walks[i], trees[i]);
    }
    for (int more = 1; more;) {
        more = 0;
        for (int i = 0; i < 2; i++) {
            if (!walks[i].has_ended && next(&walks[i])) {
                printf("%d ", walks[i].value);
                more = 1;
            }
        }
    }
    printf("\n");
}

/* --- a hundred contexts in a ring --- */

#define RING 100
static ucontext_t ring[RING], ring_main;
static long ring_sum;
static int ring_turns;

static void ring_member(int self)
{
    double mine = self;
    char text[32];

    for (int turn = 0; turn < ring_turns; turn++) {
        mine = mine * 1.5 + turn;
        snprintf(text, sizeof text, "%d:%.2f", self, mine);
        ring_sum = ring_sum * 31 + (long)strlen(text) + text[0];
        swapcontext(&ring[self], &ring[(self + 1) % RING]);
        ring_sum += text[strlen(text) - 1];
    }
}

static void test_ring(void)
{
    ring_sum = 0;
    for (int i = 0; i < RING; i++) {
        getcontext(&ring[i]);
        ring[i].uc_stack.ss_sp = malloc(STACK_BYTES);
        ring[i].uc_stack.ss_size = STACK_BYTES;
        ring[i].uc_link = i + 1 < RING ? &ring[i + 1] : &ring_main;
        makecontext(&ring[i], (void (*)(void))ring_member, 1, i);
    }
    ring_turns = 5;
    swapcontext(&ring_main, &ring[0]);
    printf("%ld\n", ring_sum);
    for (int i = 0; i < RING; i++) {
        free(ring[i].uc_stack.ss_sp);
    }
}

/* --- arguments and links --- */

static ucontext_t links[4], links_main;

static void with_six(int a, int b, int c, int d, int e, int f)
{
    printf("%d %d %d %d %d %d\n", a, b, c, d, e, f);
}

static void with_ten(int a, int b, int c, int d, int e, int f, int g, int h,
                     int i, int j)
{
    printf("%d %d %d %d %d %d %d %d %d %d\n", a, b, c, d, e, f, g, h, i, j);
}

static void with_pointer(const char *text)
{
    printf("%s\n", text);
}

static void with_none(void)
{
    printf("none\n");
}

static void test_links(void)
{
    volatile int returned = 0;

    for (int i = 0; i < 4; i++) {
        getcontext(&links[i]);
        links[i].uc_stack.ss_sp = malloc(STACK_BYTES);
        links[i].uc_stack.ss_size = STACK_BYTES;
        links[i].uc_link = i == 3 ? &links_main : &links[i + 1];
    }
    makecontext(&links[0], (void (*)(void))with_six, 6, 1, -2, 3, -4, 5, -6);
    makecontext(&links[1], (void (*)(void))with_ten, 10, 1, 2, 3, 4, 5, 6, -7,
                8, -9, 10);
    makecontext(&links[2], (void (*)(void))with_pointer, 1, "a pointer");
    makecontext(&links[3], with_none, 0);
    getcontext(&links_main); /* all of them come back here */
    if (returned++ == 0) {
        setcontext(&links[0]);
    }
    printf("returned %d\n", returned);
    for (int i = 0; i < 4; i++) {
        free(links[i].uc_stack.ss_sp);
    }
}

/* --- getcontext that returns more than once --- */

static ucontext_t again, from_inside;
static volatile int times;

__attribute__((noinline)) static int far_away(int depth)
{
    volatile int pad[8] = {depth};

    if (depth == 0) {
        setcontext(&again);
    }
    return far_away(depth - 1) + pad[0];
}

static void come_back(void)
{
    times += 100;
    setcontext(&again);
}

static void test_returns(void)
{
    static char stack[STACK_BYTES];

    times = 0;
    if (getcontext(&again) != 0) {
        printf("failed\n");
    }
    printf("here %d\n", times);
    if (times++ < 4) {
        far_away(times);
    }
    if (times < 300) {
        make_on(&from_inside, stack, NULL, come_back);
        setcontext(&from_inside);
    }
    printf("done %d\n", times);
}

/* --- mask and floating-point environment --- */

static ucontext_t with_mask, mask_main;

static int is_blocked(int signal)
{
    sigset_t mask;

    sigprocmask(SIG_BLOCK, NULL, &mask);
    return sigismember(&mask, signal);
}

static void change_mask(void)
{
    sigset_t mask;

    printf("inside %d %d, rounding %d\n", is_blocked(SIGUSR1),
           is_blocked(SIGUSR2), fegetround() == FE_UPWARD);
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    fesetround(FE_DOWNWARD);
    swapcontext(&with_mask, &mask_main);
    printf("inside %d %d, rounding %d\n", is_blocked(SIGUSR1),
           is_blocked(SIGUSR2), fegetround() == FE_DOWNWARD);
}

static void test_masks(void)
{
    static char stack[STACK_BYTES];

    fesetround(FE_UPWARD);
    make_on(&with_mask, stack, &mask_main, change_mask);
    fesetround(FE_TONEAREST);
    sigaddset(&with_mask.uc_sigmask, SIGUSR1);
    for (int i = 0; i < 2; i++) {
        swapcontext(&mask_main, &with_mask);
        printf("outside %d %d, rounding %d\n", is_blocked(SIGUSR1),
               is_blocked(SIGUSR2), fegetround() == FE_TONEAREST);
    }
}

/* --- setjmp and longjmp within contexts --- */

static ucontext_t jumper[2], jumper_main;

__attribute__((noinline)) static void jump_after(int self, jmp_buf buffer,
                                                 int depth)
{
    swapcontext(&jumper[self], &jumper_main);
    if (depth == 0) {
        longjmp(buffer, self + 5);
    }
    jump_after(self, buffer, depth - 1);
}

static void jump_inside(int self)
{
    jmp_buf buffer;
    volatile int count = 0;
    int result = setjmp(buffer);

    printf("jumper %d: %d after %d\n", self, result, count);
    if (count++ < 3) {
        jump_after(self, buffer, count);
    }
}

static void test_jumps(void)
{
    static char stacks[2][STACK_BYTES];

    for (int i = 0; i < 2; i++) {
        getcontext(&jumper[i]);
        jumper[i].uc_stack.ss_sp = stacks[i];
        jumper[i].uc_stack.ss_size = STACK_BYTES;
        jumper[i].uc_link = &jumper_main;
        makecontext(&jumper[i], (void (*)(void))jump_inside, 1, i);
    }
    /* 2 + 3 + 4 suspensions of each, and its end */
    for (int i = 0; i < 20; i++) {
        swapcontext(&jumper_main, &jumper[i % 2]);
    }
}

/* --- contexts that any thread goes on with --- */

#define JOBS 24
#define WORKERS 3

static struct job {
    ucontext_t inside, *outside; /* of the worker that has it */
    long value;
    int has_ended;
    struct job *next;
} jobs[JOBS], *ready;
static pthread_mutex_t ready_lock = PTHREAD_MUTEX_INITIALIZER;
static __thread int of_thread;

/* Not inlined: a function that goes on in another thread may have the address of the
 * first one's variable. */
__attribute__((noinline)) static void count_in_thread(void)
{
    of_thread++;
}

static long deeper(struct job *job, int depth, const long *above)
{
    long mine = *above * 3 + depth;

    count_in_thread();
    if (depth != 0) {
        swapcontext(&job->inside, job->outside);
        mine += deeper(job, depth - 1, &mine);
        swapcontext(&job->inside, job->outside);
    }
    return mine + *above;
}

static void do_job(int self)
{
    struct job *job = &jobs[self];
    long start = self;
    jmp_buf buffer;
    int i = setjmp(buffer);

    job->value = job->value * 7 + deeper(job, 4 + i, &start);
    if (i < 2) {
        longjmp(buffer, i + 1); /* in a thread that did not call setjmp */
    }
    job->has_ended = 1;
    setcontext(job->outside); /* whoever it is that has it */
}

static struct job *take_job(void)
{
    struct job *job;

    pthread_mutex_lock(&ready_lock);
    job = ready;
    if (job != NULL) {
        ready = job->next;
    }
    pthread_mutex_unlock(&ready_lock);
    return job;
}

/* At the end of the queue, so that another thread takes it up. */
static void give_job(struct job *job)
{
    struct job **end = &ready;

    pthread_mutex_lock(&ready_lock);
    while (*end != NULL) {
        end = &(*end)->next;
    }
    job->next = NULL;
    *end = job;
    pthread_mutex_unlock(&ready_lock);
}

static void *work(void *unused)
{
    ucontext_t own;
    struct job *job;

    (void)unused;
    while ((job = take_job()) != NULL) {
        job->outside = &own;
        swapcontext(&own, &job->inside);
        if (!job->has_ended) {
            give_job(job);
        }
    }
    return (void *)(uintptr_t)of_thread;
}

static void test_threads(void)
{
    pthread_t threads[WORKERS];
    uintptr_t all = 0;

    for (int i = 0; i < JOBS; i++) {
        getcontext(&jobs[i].inside);
        jobs[i].inside.uc_stack.ss_sp = malloc(STACK_BYTES);
        jobs[i].inside.uc_stack.ss_size = STACK_BYTES;
        jobs[i].inside.uc_link = NULL;
        makecontext(&jobs[i].inside, (void (*)(void))do_job, 1, i);
        give_job(&jobs[i]);
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_create(&threads[i], NULL, work, NULL);
    }
    for (int i = 0; i < WORKERS; i++) {
        void *count;

        pthread_join(threads[i], &count);
        all += (uintptr_t)count;
    }
    for (int i = 0; i < JOBS; i++) {
        printf("%ld%c", jobs[i].value, i % 6 == 5 ? '\n' : ' ');
    }
    printf("%lu calls\n", (unsigned long)all);
}

/* --- stacks that are used again, contexts that nobody ends --- */

static ucontext_t unended, unended_main;
static long unended_sum;

static void never_ends(int number)
{
    int local[20];

    for (int i = 0;; i++) {
        local[i % 20] = number + i;
        unended_sum += local[i % 20];
        swapcontext(&unended, &unended_main);
    }
}

static void test_reuse(void)
{
    static char stack[STACK_BYTES];

    unended_sum = 0;
    for (int i = 0; i < 200; i++) {
        getcontext(&unended);
        unended.uc_stack.ss_sp = stack;
        unended.uc_stack.ss_size = STACK_BYTES;
        unended.uc_link = NULL;
        makecontext(&unended, (void (*)(void))never_ends, 1, i);
        for (int k = 0; k < i % 4; k++) {
            swapcontext(&unended_main, &unended);
        }
    }
    printf("%ld\n", unended_sum);
}

/* --- the last context ends, and the program with it --- */

static void last_words(void)
{
    printf("the last");
}

static void test_last(void)
{
    static ucontext_t last;
    static char stack[STACK_BYTES];

    make_on(&last, stack, NULL, last_words);
    setcontext(&last);
    printf("not reached\n");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test)(void);
    } parts[] = {
        {"generators", test_generators},
        {"ring", test_ring},
        {"links", test_links},
        {"returns", test_returns},
        {"masks", test_masks},
        {"jumps", test_jumps},
        {"threads", test_threads},
        {"reuse", test_reuse},
        {"last", test_last},
    };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (argc < 2 || strcmp(argv[1], parts[i].name) == 0) {
            parts[i].test();
        }
    }
    return 0;
}
