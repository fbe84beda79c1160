/* A hash table of strings: short loops over bytes, libc calls. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1 << 16 };
struct entry {
    struct entry *next;
    long count;
    char text[];
};
static struct entry *table[BUCKETS];

static unsigned hash(const char *s)
{
    unsigned h = 2166136261u;
    while (*s) {
        h = (h ^ (unsigned char)*s++) * 16777619u;
    }
    return h % BUCKETS;
}

static struct entry *find(const char *s)
{
    struct entry **slot = &table[hash(s)];
    for (struct entry *e = *slot; e; e = e->next) {
        if (strcmp(e->text, s) == 0) {
            return e;
        }
    }
    struct entry *e = malloc(sizeof *e + strlen(s) + 1);
    e->next = *slot;
    e->count = 0;
    strcpy(e->text, s);
    return *slot = e;
}

int main(int argc, char **argv)
{
    long n = argc > 1 ? atol(argv[1]) : 20000000;
    unsigned seed = 7;
    for (long i = 0; i < n; i++) {
        char word[16];
        seed = seed * 1103515245u + 12345u;
        unsigned v = seed >> 12, length = 0;
        do {
            word[length++] = 'a' + v % 17;
            v /= 17;
        } while (v && length < 4);
        word[length] = 0;
        find(word)->count++;
    }
    long most = 0, different = 0;
    for (int i = 0; i < BUCKETS; i++) {
        for (struct entry *e = table[i]; e; e = e->next) {
            different++;
            most = e->count > most ? e->count : most;
        }
    }
    printf("%ld %ld\n", different, most);
    return 0;
}
