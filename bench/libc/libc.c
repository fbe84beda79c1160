/* Nanoseconds a call of libc's other functions takes (the string functions are in
 * ../strings, the allocator in ../allocation): a line for each case, the shortest of
 * several rounds.
 *
 *   libc [-q] [CASE...]
 *
 * Cases marked T in the table run beside a second thread that sleeps: locks are real
 * ones then. Those are the last, for the thread stays. Written for any libc: run.sh
 * compares.  -q: fewer rounds. */
#define _GNU_SOURCE
#include <math.h>
#include <pthread.h>
#include <regex.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../timing.h"

enum {
    MANY = 1024,
    LINE = 61,
    LINES = 1000,
    TEXT = LINE * LINES,
    HAY = 1 << 16
};

static FILE *from, *to;      /* a file in memory pages, /dev/null */
static volatile size_t sink; /* so that no call is left out, and: */
double results[MANY];
static char text_bytes[TEXT + 1], hay_bytes[HAY + 1], needle[2 * MANY];
static char *volatile text = text_bytes, *volatile hay = hay_bytes;
static int unsorted[MANY], sorted[MANY], room[MANY];
static char words[MANY][12];
static const char *word[MANY], *sorted_word[MANY];
static double angles[MANY], positive[MANY], small[MANY], big[MANY];
static float floats[MANY], positive_floats[MANY];
static char decimals[MANY][32], integers[MANY][24];
static regex_t date, either, literal, starred, groups;

/* --- what cases need --- */

static int by_int(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static int by_word(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static unsigned random_state = 1;

static unsigned next_random(void)
{
    random_state = random_state * 1103515245 + 12345;
    return random_state >> 8;
}

static double between(double low, double high)
{
    return low + (high - low) * (next_random() + next_random() / 16777216.0) /
                     16777216.0;
}

static void compile_regex(regex_t *to_fill, const char *pattern)
{
    if (regcomp(to_fill, pattern, REG_EXTENDED) != 0) {
        abort();
    }
}

static void fill(void)
{
    for (size_t i = 0; i < TEXT; i++) {
        text[i] = i % LINE == LINE - 1 ? '\n' : (char)('a' + i * 7 % 26);
    }
    memset(hay, 'a', HAY);
    memset(needle, 'a', sizeof needle);
    for (int i = 0; i < MANY; i++) {
        unsorted[i] = sorted[i] = (int)(next_random() % 100000);
        snprintf(words[i], sizeof words[i], "w%u", next_random() % 100000);
        word[i] = sorted_word[i] = words[i];
        angles[i] = between(-10, 10);
        positive[i] = between(1e-3, 100);
        small[i] = between(-1, 1);
        big[i] = between(1e5, 1e9);
        floats[i] = (float)angles[i];
        positive_floats[i] = (float)positive[i];
        snprintf(decimals[i], sizeof decimals[i],
                 i % 3 == 0   ? "%.3f"
                 : i % 3 == 1 ? "%.17g"
                              : "%.6e",
                 between(-1000, 1000));
        snprintf(integers[i], sizeof integers[i], "%d",
                 (int)next_random() >> i % 20);
    }
    qsort(sorted, MANY, sizeof *sorted, by_int);
    qsort(sorted_word, MANY, sizeof *sorted_word, by_word);
    from = tmpfile();
    to = fopen("/dev/null", "w");
    if (from == NULL || to == NULL || fwrite(text, 1, TEXT, from) != TEXT) {
        abort();
    }
    rewind(from);
    compile_regex(&date, "[0-9]{4}-[0-9]{2}-[0-9]{2}");
    compile_regex(&either, "apple|pear|cherry|plum");
    compile_regex(&literal, "needle");
    compile_regex(&starred, "^.*x.*y.*$");
    compile_regex(&groups, "^([a-z]+)=([0-9]+);([a-z]+)=([0-9]+)$");
}

/* --- threads --- */

#ifndef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
#define PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP PTHREAD_MUTEX_INITIALIZER
#endif
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, recursive;
static pthread_mutex_t adaptive = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
static pthread_mutex_t turn_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER, turn_cond[2];
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static sem_t semaphore, ball[2];
static int turn;

static void nothing(void) {}

static void *sleeper(void *unused)
{
    (void)unused;
    for (;;) {
        nanosleep(&(struct timespec){1000, 0}, NULL);
    }
    return NULL;
}

static void *empty_thread(void *argument)
{
    return argument;
}

struct crowd {
    pthread_mutex_t *mutex;
    size_t each;
    unsigned work; /* steps outside of the lock */
    volatile size_t *counter;
};

static void *contender(void *argument)
{
    const struct crowd *c = argument;

    for (size_t i = 0; i < c->each; i++) {
        pthread_mutex_lock(c->mutex);
        ++*c->counter;
        pthread_mutex_unlock(c->mutex);
        for (volatile unsigned k = 0; k < c->work; k++) {
        }
    }
    return NULL;
}

static void contend(pthread_mutex_t *m, size_t times, int threads,
                    unsigned work)
{
    volatile size_t counter = 0;
    struct crowd c = {m, times / (size_t)threads + 1, work, &counter};
    pthread_t thread[8];

    for (int i = 0; i < threads; i++) {
        pthread_create(&thread[i], NULL, contender, &c);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(thread[i], NULL);
    }
    if (counter != c.each * (size_t)threads) {
        abort();
    }
}

static void take_turns(size_t times, int me)
{
    pthread_mutex_lock(&turn_mutex);
    for (size_t i = 0; i < times; i++) {
        while (turn != me) {
            pthread_cond_wait(&turn_cond[me], &turn_mutex);
        }
        turn = !me;
        pthread_cond_signal(&turn_cond[!me]);
    }
    pthread_mutex_unlock(&turn_mutex);
}

static void *other_turns(void *times)
{
    take_turns(*(size_t *)times, 1);
    return NULL;
}

static void *other_player(void *times)
{
    for (size_t i = 0; i < *(size_t *)times; i++) {
        sem_wait(&ball[1]);
        sem_post(&ball[0]);
    }
    return NULL;
}

static void start_sleeper(void)
{
    static int started;
    pthread_t thread;

    if (!started) {
        started = 1;
        pthread_create(&thread, NULL, sleeper, NULL);
    }
}

static void set_up_threads(void)
{
    pthread_mutexattr_t kind;

    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&recursive, &kind);
    pthread_spin_init(&spin, 0);
    pthread_key_create(&key, NULL);
    sem_init(&semaphore, 0, 0);
    for (int i = 0; i < 2; i++) {
        sem_init(&ball[i], 0, 0);
        pthread_cond_init(&turn_cond[i], NULL);
    }
}

/* --- the cases: NAME, T beside another thread or S, statements for the Ith call --- */

static int get(int c)
{
    if (c == EOF) {
        rewind(from);
    }
    return c;
}

static char line[256];
static time_t second = 1790000000;
static const char *volatile dated = "the day 2026-1-02 or 2026-11-30 it is";
static const char *volatile plain =
    "there is a cherry in this text, or a needle";
static const char *volatile pairs = "alpha=1234;beta=987654";
static const char *volatile backwards = "aaaa yyyy xxxxxxxxxxxx zzzz aaaa";

#define AT (i % MANY)
#define N(expression) sum += (size_t)(expression)
#define D(expression) results[AT] = (double)(expression)
#define SORT(type, array, order)                                               \
    memcpy(room_of.bytes, array, sizeof array);                                \
    qsort(room_of.bytes, MANY, sizeof *array, order)

static union {
    int ints[MANY];
    const char *words[MANY];
    char bytes[MANY * sizeof(char *)];
} room_of;

static regmatch_t part[6];
static struct tm broken_down;
static struct timespec instant;

#define CASES                                                                  \
    CASE(getc, S, N(get(getc(from))))                                          \
    CASE(getc_unlocked, S, N(get(getc_unlocked(from))))                        \
    CASE(fgetc, S, N(get(fgetc(from))))                                        \
    CASE(ungetc, S, N(ungetc(getc(from), from)))                               \
    CASE(putc, S, N(putc('a' + (int)AT % 16, to)))                             \
    CASE(putc_unlocked, S, N(putc_unlocked('a' + (int)AT % 16, to)))           \
    CASE(fgets, S, if (fgets(line, sizeof line, from) == NULL) rewind(from))   \
    CASE(getline, S,                                                           \
         if (getline(&line_of_any_length, &line_room, from) < 0) rewind(from)) \
    CASE(fputs, S, N(fputs(words[AT], to)))                                    \
    CASE(fread_1, S, if (fread(line, 1, 1, from) != 1) rewind(from))           \
    CASE(fread_100, S, if (fread(line, 1, 100, from) != 100) rewind(from))     \
    CASE(fwrite_1, S, N(fwrite(line, 1, 1, to)))                               \
    CASE(fwrite_100, S, N(fwrite(line, 1, 100, to)))                           \
    CASE(fseek, S, N(fseek(from, (long)AT, SEEK_SET)))                         \
    CASE(fflush, S, N(fflush(to)))                                             \
    CASE(fprintf_int_string, S,                                                \
         N(fprintf(to, "%d %s\n", unsorted[AT], words[AT])))                   \
    CASE(fprintf_g, S, N(fprintf(to, "%g\n", angles[AT])))                     \
    CASE(fprintf_f, S, N(fprintf(to, "%f\n", angles[AT])))                     \
    CASE(fprintf_17g, S, N(fprintf(to, "%.17g\n", angles[AT])))                \
    CASE(fprintf_e, S, N(fprintf(to, "%e\n", big[AT])))                        \
    CASE(fprintf_a, S, N(fprintf(to, "%a\n", angles[AT])))                     \
    CASE(fprintf_2f, S, N(fprintf(to, "%.2f\n", positive[AT])))                \
    CASE(fprintf_g_1e300, S, N(fprintf(to, "%g\n", angles[AT] * 1e300)))       \
    CASE(snprintf_int, S,                                                      \
         N(snprintf(line, sizeof line, "%d %u", unsorted[AT], (unsigned)AT)))  \
    CASE(snprintf_padded, S,                                                   \
         N(snprintf(line, sizeof line, "%08lx %-12d|", (long)i, (int)AT)))     \
    CASE(snprintf_string, S,                                                   \
         N(snprintf(line, sizeof line, "<%s> %s", words[AT], "of it")))        \
    CASE(snprintf_literal, S,                                                  \
         N(snprintf(line, sizeof line, "nothing but %c text", 'a')))           \
    CASE(snprintf_g, S, N(snprintf(line, sizeof line, "%g", positive[AT])))    \
    CASE(snprintf_17g, S,                                                      \
         N(snprintf(line, sizeof line, "%.17g", positive[AT])))                \
    CASE(sscanf_int, S, N(sscanf(integers[AT], "%d", &scanned)))               \
    CASE(sscanf_mixed, S,                                                      \
         N(sscanf("12 word 0x1f", "%d %s %x", &scanned, line, &hexadecimal)))  \
    CASE(sscanf_double, S, N(sscanf(decimals[AT], "%lf", &scanned_double)))    \
    CASE(strtod, S, D(strtod(decimals[AT], NULL)))                             \
    CASE(strtod_short, S, D(strtod("3.25", NULL)))                             \
    CASE(strtod_long, S,                                                       \
         D(strtod("1.2345678901234567890123456789012345e-200", NULL)))         \
    CASE(atof, S, D(atof(decimals[AT])))                                       \
    CASE(strtol, S, N(strtol(integers[AT], NULL, 10)))                         \
    CASE(strtol_hex, S, N(strtol("7fffabcd", NULL, 16)))                       \
    CASE(strtoull, S, N(strtoull("1234567890123456789", NULL, 10)))            \
    CASE(atoi, S, N(atoi(integers[AT])))                                       \
    CASE(qsort_ints_1024, S, SORT(int, unsorted, by_int))                      \
    CASE(qsort_ints_16, S, memcpy(room, unsorted + AT / 16 * 16, 64);          \
         qsort(room, 16, sizeof *room, by_int))                                \
    CASE(qsort_sorted_1024, S, SORT(int, sorted, by_int))                      \
    CASE(qsort_strings_1024, S, SORT(char *, word, by_word))                   \
    CASE(qsort_12_bytes_1024, S, memcpy(room_of_words, words, sizeof words);   \
         qsort(room_of_words, MANY / 2, 24, by_int))                           \
    CASE(bsearch_ints, S, int wanted = (int)(next_random() % 100000);          \
         N(bsearch(&wanted, sorted, MANY, sizeof(int), by_int)))               \
    CASE(bsearch_strings, S,                                                   \
         N(bsearch(&word[next_random() % MANY], sorted_word, MANY,             \
                   sizeof(char *), by_word)))                                  \
    CASE(memmem_2, S, N(memmem(text, TEXT, "\nb", 2)))                         \
    CASE(memmem_5, S, N(memmem(text, TEXT, "hello", 5)))                       \
    CASE(memmem_40, S, N(memmem(text, TEXT, hay, 40)))                         \
    CASE(memmem_2_alike, S, N(memmem(hay, HAY, "ab", 2)))                      \
    CASE(memmem_16_alike, S, N(memmem(hay, HAY, "aaaaaaaaaaaaaaab", 16)))      \
    CASE(memmem_1024_begin, S, (needle[0] = 'b');                              \
         N(memmem(hay, HAY, needle, MANY)); (needle[0] = 'a'))                 \
    CASE(memmem_1024_middle, S, (needle[MANY / 2] = 'b');                      \
         N(memmem(hay, HAY, needle, MANY)); (needle[MANY / 2] = 'a'))          \
    CASE(memmem_1024_end, S, (needle[MANY - 1] = 'b');                         \
         N(memmem(hay, HAY, needle, MANY)); (needle[MANY - 1] = 'a'))          \
    CASE(strstr_6, S, N(strstr(text, "needle")))                               \
    CASE(strstr_16_alike, S, N(strstr(hay, "aaaaaaaaaaaaaaab")))               \
    CASE(strtok_r, S, tokens())                                                \
    CASE(regcomp_literal, S, regex_t r; compile_regex(&r, "needle");           \
         regfree(&r))                                                          \
    CASE(regcomp_date, S, regex_t r;                                           \
         compile_regex(&r, "[0-9]{4}-[0-9]{2}-[0-9]{2}"); regfree(&r))         \
    CASE(regcomp_groups, S, regex_t r;                                         \
         compile_regex(&r, "^([a-z]+)=([0-9]+);([a-z]+)=([0-9]+)$");           \
         regfree(&r))                                                          \
    CASE(regexec_literal, S, N(regexec(&literal, plain, 0, NULL, 0)))          \
    CASE(regexec_literal_60K, S, N(regexec(&literal, text, 0, NULL, 0)))       \
    CASE(regexec_date, S, N(regexec(&date, dated, 1, part, 0)))                \
    CASE(regexec_date_60K, S, N(regexec(&date, text, 0, NULL, 0)))             \
    CASE(regexec_either, S, N(regexec(&either, plain, 1, part, 0)))            \
    CASE(regexec_starred, S, N(regexec(&starred, backwards, 0, NULL, 0)))      \
    CASE(regexec_groups, S, N(regexec(&groups, pairs, 5, part, 0)))            \
    CASE(exp, S, D(exp(angles[AT])))                                           \
    CASE(exp2, S, D(exp2(angles[AT])))                                         \
    CASE(expm1, S, D(expm1(small[AT])))                                        \
    CASE(log, S, D(log(positive[AT])))                                         \
    CASE(log2, S, D(log2(positive[AT])))                                       \
    CASE(log10, S, D(log10(positive[AT])))                                     \
    CASE(log1p, S, D(log1p(small[AT] * 0.9)))                                  \
    CASE(pow, S, D(pow(positive[AT], angles[AT])))                             \
    CASE(sin, S, D(sin(angles[AT])))                                           \
    CASE(cos, S, D(cos(angles[AT])))                                           \
    CASE(sincos, S, double c_; double s_; sincos(angles[AT], &s_, &c_);        \
         D(c_ + s_))                                                           \
    CASE(sin_small, S, D(sin(small[AT] * 0.7)))                                \
    CASE(sin_big, S, D(sin(big[AT])))                                          \
    CASE(tan, S, D(tan(angles[AT])))                                           \
    CASE(asin, S, D(asin(small[AT])))                                          \
    CASE(acos, S, D(acos(small[AT])))                                          \
    CASE(atan, S, D(atan(angles[AT])))                                         \
    CASE(atan2, S, D(atan2(angles[AT], positive[AT])))                         \
    CASE(sinh, S, D(sinh(angles[AT])))                                         \
    CASE(cosh, S, D(cosh(angles[AT])))                                         \
    CASE(tanh, S, D(tanh(angles[AT])))                                         \
    CASE(hypot, S, D(hypot(angles[AT], positive[AT])))                         \
    CASE(cbrt, S, D(cbrt(angles[AT])))                                         \
    CASE(sqrt, S, D(sqrt(positive[AT])))                                       \
    CASE(floor, S, D(floor(angles[AT])))                                       \
    CASE(round, S, D(round(angles[AT])))                                       \
    CASE(rint, S, D(rint(angles[AT])))                                         \
    CASE(lrint, S, N(lrint(angles[AT])))                                       \
    CASE(lround, S, N(lround(angles[AT])))                                     \
    CASE(fmod, S, D(fmod(angles[AT], 0.75)))                                   \
    CASE(fmod_big, S, D(fmod(big[AT], positive[AT])))                          \
    CASE(remainder, S, D(remainder(big[AT], positive[AT])))                    \
    CASE(modf, S, double whole; D(modf(angles[AT], &whole)))                   \
    CASE(frexp, S, int exponent; D(frexp(angles[AT], &exponent)))              \
    CASE(ldexp, S, D(ldexp(angles[AT], (int)AT % 64)))                         \
    CASE(fma, S, D(fma(angles[AT], positive[AT], small[AT])))                  \
    CASE(erf, S, D(erf(small[AT])))                                            \
    CASE(tgamma, S, D(tgamma(positive[AT])))                                   \
    CASE(lgamma, S, D(lgamma(positive[AT])))                                   \
    CASE(expf, S, D(expf(floats[AT])))                                         \
    CASE(logf, S, D(logf(positive_floats[AT])))                                \
    CASE(powf, S, D(powf(positive_floats[AT], floats[AT])))                    \
    CASE(sinf, S, D(sinf(floats[AT])))                                         \
    CASE(cosf, S, D(cosf(floats[AT])))                                         \
    CASE(tanf, S, D(tanf(floats[AT])))                                         \
    CASE(sqrtf, S, D(sqrtf(positive_floats[AT])))                              \
    CASE(floorf, S, D(floorf(floats[AT])))                                     \
    CASE(fmodf, S, D(fmodf(floats[AT], 0.75F)))                                \
    CASE(rand, S, N(rand()))                                                   \
    CASE(random, S, N(random()))                                               \
    CASE(rand_r, S, N(rand_r(&random_state)))                                  \
    CASE(clock_gettime, S, N(clock_gettime(CLOCK_MONOTONIC, &instant)))        \
    CASE(time, S, N(time(NULL)))                                               \
    CASE(gmtime_r, S, second += 10007;                                         \
         N(gmtime_r(&second, &broken_down)->tm_mday))                          \
    CASE(localtime_r, S, second += 10007;                                      \
         N(localtime_r(&second, &broken_down)->tm_mday))                       \
    CASE(mktime, S, broken_down.tm_mday = 1 + (int)i % 28;                     \
         N(mktime(&broken_down)))                                              \
    CASE(strftime, S,                                                          \
         N(strftime(line, sizeof line, "%Y-%m-%d %H:%M:%S", &broken_down)))    \
    CASE(getenv, S, N(getenv("NOT_THERE")))                                    \
    CASE(mutex_alone, S, pthread_mutex_lock(&mutex);                           \
         pthread_mutex_unlock(&mutex))                                         \
    CASE(recursive_alone, S, pthread_mutex_lock(&recursive);                   \
         pthread_mutex_unlock(&recursive))                                     \
    CASE(rwlock_read_alone, S, pthread_rwlock_rdlock(&rwlock);                 \
         pthread_rwlock_unlock(&rwlock))                                       \
    CASE(cond_signal_alone, S, N(pthread_cond_signal(&cond)))                  \
    CASE(sem_alone, S, sem_post(&semaphore); sem_wait(&semaphore))             \
    CASE(getc_beside, T, N(get(getc(from))))                                   \
    CASE(putc_beside, T, N(putc('a' + (int)AT % 16, to)))                      \
    CASE(fread_1_beside, T, if (fread(line, 1, 1, from) != 1) rewind(from))    \
    CASE(fwrite_1_beside, T, N(fwrite(line, 1, 1, to)))                        \
    CASE(fprintf_beside, T,                                                    \
         N(fprintf(to, "%d %s\n", unsorted[AT], words[AT])))                   \
    CASE(random_beside, T, N(random()))                                        \
    CASE(mutex_beside, T, pthread_mutex_lock(&mutex);                          \
         pthread_mutex_unlock(&mutex))                                         \
    CASE(trylock_beside, T, pthread_mutex_trylock(&mutex);                     \
         pthread_mutex_unlock(&mutex))                                         \
    CASE(recursive_beside, T, pthread_mutex_lock(&recursive);                  \
         pthread_mutex_unlock(&recursive))                                     \
    CASE(rwlock_read, T, pthread_rwlock_rdlock(&rwlock);                       \
         pthread_rwlock_unlock(&rwlock))                                       \
    CASE(rwlock_write, T, pthread_rwlock_wrlock(&rwlock);                      \
         pthread_rwlock_unlock(&rwlock))                                       \
    CASE(spin, T, pthread_spin_lock(&spin); pthread_spin_unlock(&spin))        \
    CASE(cond_signal, T, N(pthread_cond_signal(&cond)))                        \
    CASE(cond_broadcast, T, N(pthread_cond_broadcast(&cond)))                  \
    CASE(sem, T, sem_post(&semaphore); sem_wait(&semaphore))                   \
    CASE(once, T, pthread_once(&once, nothing))                                \
    CASE(getspecific, T, N(pthread_getspecific(key)))                          \
    CASE(setspecific, T, N(pthread_setspecific(key, line)))                    \
    WHOLE(                                                                     \
        create_join, T, for (size_t i = 0; i < times; i++) {                   \
            pthread_t t;                                                       \
            pthread_create(&t, NULL, empty_thread, NULL);                      \
            pthread_join(t, NULL);                                             \
        })                                                                     \
    WHOLE(cond_turns, T, pthread_t t; turn = 0;                                \
          pthread_create(&t, NULL, other_turns, &times); take_turns(times, 0); \
          pthread_join(t, NULL))                                               \
    WHOLE(                                                                     \
        sem_turns, T, pthread_t t;                                             \
        pthread_create(&t, NULL, other_player, &times);                        \
        for (size_t i = 0; i < times; i++) {                                   \
            sem_post(&ball[1]);                                                \
            sem_wait(&ball[0]);                                                \
        } pthread_join(t, NULL))                                               \
    WHOLE(contended_by_2, T, contend(&mutex, times, 2, 0))                     \
    WHOLE(contended_by_4, T, contend(&mutex, times, 4, 0))                     \
    WHOLE(contended_by_2_working, T, contend(&mutex, times, 2, 100))           \
    WHOLE(contended_by_4_working, T, contend(&mutex, times, 4, 100))           \
    WHOLE(contended_adaptive_2, T, contend(&adaptive, times, 2, 0))            \
    WHOLE(contended_adaptive_4, T, contend(&adaptive, times, 4, 0))

static char *line_of_any_length;
static size_t line_room;
static int scanned;
static unsigned hexadecimal;
static double scanned_double;
static char room_of_words[MANY][12];

static void tokens(void)
{
    char copy[] = "some words, and: some more", *rest;
    for (char *t = strtok_r(copy, " ,:", &rest); t != NULL;
         t = strtok_r(NULL, " ,:", &rest)) {
        sink = *t;
    }
}

#define CASE(name, where, statements)                                          \
    static void run_##name(size_t times)                                       \
    {                                                                          \
        size_t sum = 0;                                                        \
        for (size_t i = 0; i < times; i++) {                                   \
            statements;                                                        \
        }                                                                      \
        sink = sum;                                                            \
    }
#define WHOLE(name, where, statements)                                         \
    static void run_##name(size_t times)                                       \
    {                                                                          \
        statements;                                                            \
    }
CASES
#undef CASE
#undef WHOLE

static const struct one_case {
    const char *name;
    char where;
    void (*run)(size_t times);
} cases[] = {
#define CASE(name, where, statements) {#name, #where[0], run_##name},
#define WHOLE CASE
    CASES
#undef CASE
#undef WHOLE
};

/* A round takes from 0.2 to 0.4 ms, more where threads have to meet. */
static double measure(const struct one_case *c, int rounds)
{
    double best = 1e18, took = 0;
    size_t times = strstr(c->name, "turns") != NULL       ? 1000
                   : strstr(c->name, "contended") != NULL ? 200000
                                                          : 1;

    while (took < 2e5) {
        times *= 2;
        double start = now_ns();
        c->run(times);
        took = now_ns() - start;
    }
    for (int i = 0; i < rounds; i++) {
        double start = now_ns();
        c->run(times);
        took = (now_ns() - start) / (double)times;
        best = took < best ? took : best;
    }
    return best;
}

int main(int argc, char **argv)
{
    int rounds = 20, first = 1;

    if (argc > 1 && strcmp(argv[1], "-q") == 0) {
        rounds = 7;
        first = 2;
    }
    fill();
    set_up_threads();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!is_wanted(cases[i].name, argv + first, argc - first)) {
            continue;
        }
        if (cases[i].where == 'T') {
            start_sleeper();
        }
        printf("%s %.2f\n", cases[i].name, measure(&cases[i], rounds));
    }
    return 0;
}
