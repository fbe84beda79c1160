/* Map and reduce: threads count the words of a text into tables of their own,
 * then each joins one part of all tables. */
#include <string.h>

#include "threads.h"

#define THREADS 4
#define BUCKETS 64
#define TEXT_SIZE 40000

struct word {
    struct word *next;
    long count;
    char text[];
};

static char text[TEXT_SIZE];
static struct word *mapped[THREADS][BUCKETS], *reduced[BUCKETS];
static pthread_barrier_t barrier;

static NOINLINE void count(struct word **table, const char *start,
                           unsigned long length, long times)
{
    unsigned hash = 5381;
    struct word **link;

    for (unsigned long i = 0; i < length; i++) {
        hash = hash * 33 + (unsigned char)start[i];
    }
    for (link = &table[hash % BUCKETS]; *link != NULL; link = &(*link)->next) {
        if (strlen((*link)->text) == length &&
            memcmp((*link)->text, start, length) == 0) {
            (*link)->count += times;
            return;
        }
    }
    *link = malloc(sizeof(struct word) + length + 1);
    CHECK(*link != NULL);
    (*link)->next = NULL;
    (*link)->count = times;
    memcpy((*link)->text, start, length);
    (*link)->text[length] = '\0';
}

static void map(int self)
{
    unsigned long at = (unsigned long)self * TEXT_SIZE / THREADS;
    unsigned long end = (unsigned long)(self + 1) * TEXT_SIZE / THREADS;

    while (at != 0 && at < end && text[at - 1] != ' ') {
        at++; /* the word that began before is another's */
    }
    while (at < end) {
        unsigned long length = strcspn(text + at, " ");
        if (length != 0) {
            count(mapped[self], text + at, length, 1);
        }
        at += length + 1;
    }
}

static void *work(void *argument)
{
    int self = (int)(intptr_t)argument;

    map(self);
    pthread_barrier_wait(&barrier);
    for (int b = self; b < BUCKETS; b += THREADS) {
        for (int i = 0; i < THREADS; i++) {
            for (struct word *w = mapped[i][b], *next; w != NULL; w = next) {
                next = w->next;
                count(reduced, w->text, strlen(w->text), w->count);
                free(w);
            }
        }
    }
    return NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp((*(struct word *const *)a)->text,
                  (*(struct word *const *)b)->text);
}

int main(void)
{
    static struct word *all[2000];
    pthread_t threads[THREADS];
    uint64_t seed = 88172645463325252;
    long words = 0, total = 0;
    unsigned long at = 0;

    while (at < TEXT_SIZE - 12) {
        at += (unsigned long)snprintf(text + at, 12, "w%lx ",
                                      (long)(next_random(&seed) % 997));
    }
    CHECK(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    for (intptr_t i = 0; i < THREADS; i++) {
        threads[i] = start(work, (void *)i);
    }
    for (int i = 0; i < THREADS; i++) {
        join(threads[i]);
    }
    for (int b = 0; b < BUCKETS; b++) {
        for (struct word *w = reduced[b]; w != NULL; w = w->next) {
            all[words++] = w;
            total += w->count;
        }
    }
    qsort(all, (size_t)words, sizeof all[0], by_text);
    for (long i = 0; i < words; i += 40) {
        printf("%s %ld\n", all[i]->text, all[i]->count);
    }
    printf("%ld words, %ld different\n", total, words);
    return 0;
}
