/* A small operating system: tasks in linked queues, which run through pointers,
 * hold, wait for packets and send them. */
#include <stdio.h>
#include <stdlib.h>

struct packet {
    struct packet *next;
    int to, kind, data[4];
};
struct task {
    struct task *next;
    int number, held, waiting;
    struct packet *queue;
    void (*run)(struct task *, struct packet *);
    unsigned seed;
    long count;
};

enum { TASKS = 24 };
static struct task tasks[TASKS], *ready, **ready_end = &ready;
static long delivered;

static void enter(struct task *t)
{
    t->next = NULL;
    *ready_end = t;
    ready_end = &t->next;
}

static struct task *leave(void)
{
    struct task *t = ready;

    ready = t->next;
    if (ready == NULL) {
        ready_end = &ready;
    }
    return t;
}

static void send(struct packet *p, int to)
{
    struct task *t = &tasks[to];
    struct packet **at = &t->queue;

    p->to = to;
    p->next = NULL;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = p;
    delivered++;
    if (t->waiting) {
        t->waiting = 0;
        enter(t);
    }
}

static void idle(struct task *t, struct packet *p)
{
    t->seed = t->seed * 1103515245 + 12345;
    t->held = t->seed >> 30 == 0;
    if (p != NULL) {
        send(p, (int)(t->seed >> 16) % TASKS);
    }
}

static void worker(struct task *t, struct packet *p)
{
    if (p == NULL) {
        t->waiting = 1;
        return;
    }
    for (int i = 0; i < 4; i++) {
        p->data[i] = (p->data[i] * 31 + t->number + i) & 0xffff;
        t->count += p->data[i];
    }
    send(p, (t->number * 7 + p->data[0]) % TASKS);
}

static void device(struct task *t, struct packet *p)
{
    if (p != NULL) {
        p->kind ^= t->number;
        t->count += p->kind;
        send(p, (p->data[1] + p->kind) % TASKS);
    }
}

static long schedule(long steps)
{
    long done = 0;

    while (done < steps && ready != NULL) {
        struct task *t = leave();
        struct packet *p = t->queue;
        if (t->held) {
            t->held = 0;
        } else {
            if (p != NULL) {
                t->queue = p->next;
            }
            t->run(t, p);
        }
        if (!t->waiting) {
            enter(t);
        }
        done++;
    }
    return done;
}

int main(int argc, char **argv)
{
    static void (*const kinds[])(struct task *,
                                 struct packet *) = {idle, worker, device};
    long steps = argc > 1 ? atol(argv[1]) : 30000000, sum = 0;

    for (int i = 0; i < TASKS; i++) {
        tasks[i] = (struct task){.number = i,
                                 .seed = (unsigned)i * 2654435761u,
                                 .run = kinds[i % 3]};
        enter(&tasks[i]);
    }
    for (int i = 0; i < 3 * TASKS; i++) {
        struct packet *p = calloc(1, sizeof *p);
        p->kind = i;
        p->data[0] = i * 17;
        send(p, i % TASKS);
    }
    long done = schedule(steps);
    for (int i = 0; i < TASKS; i++) {
        sum += tasks[i].count;
    }
    printf("%ld %ld %ld\n", done, delivered, sum);
    return 0;
}
