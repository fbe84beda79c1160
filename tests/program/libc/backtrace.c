/* backtrace and its names: the same list wherever the thread is and has been, of each
 * kind of thread, as far as a signal handler allows. */
#define _GNU_SOURCE
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

#define MOST 40

struct list {
    void *address[MOST];
    int count;
};

/* The name in "program(name+0xoffset) [0xaddress]". */
static const char *name_in(char *line)
{
    char *start = strchr(line, '('), *end = start ? strchr(start, '+') : NULL;

    if (end == NULL) {
        return "?";
    }
    *end = '\0';
    return start + 1;
}

static void check_names(const struct list *list, const char *const names[])
{
    char **lines = backtrace_symbols(list->address, list->count);

    CHECK(lines != NULL);
    for (int i = 0; names[i] != NULL; i++) {
        CHECK(i < list->count);
        if (i < list->count) {
            CHECK_TEXT(name_in(lines[i]), names[i]);
        }
    }
    free(lines);
}

__attribute__((noinline)) static void take(struct list *list, int most)
{
    list->count = backtrace(list->address, most);
    CHECK(list->count >= 0 && list->count <= most);
}

/* Two, or the optimiser would make a loop of them. */
__attribute__((noinline)) static int zag(struct list *list, int depth);
__attribute__((noinline)) static int zig(struct list *list, int depth)
{
    if (depth == 0) {
        take(list, MOST);
        return 0;
    }
    return 2 * zag(list, depth - 1) + 1;
}
static int zag(struct list *list, int depth)
{
    return 3 * zig(list, depth - 1) + 1;
}

/* __builtin_return_address is what backtrace says of the caller. */
__attribute__((noinline)) static void *caller_of(void)
{
    return __builtin_return_address(0);
}
__attribute__((noinline)) static void *caller_of_caller(void **own)
{
    *own = caller_of();
    return __builtin_return_address(1);
}

__attribute__((noinline)) static void between(void **own, void **outer)
{
    *outer = caller_of_caller(own);
}

__attribute__((noinline)) static void check_return_addresses(void)
{
    static const char *const names[] = {"check_return_addresses",
                                        "caller_of_caller",
                                        "check_return_addresses", NULL};
    struct list list = {.count = 3};

    list.address[0] = caller_of();
    between(&list.address[1], &list.address[2]);
    check_names(&list, names);
}

__attribute__((noinline)) static void check_calls(void)
{
    static const char *const names[] = {"take", "zig", "zag",         "zig",
                                        "zag",  "zig", "check_calls", NULL};
    struct list first, again;

    zig(&first, 4);
    CHECK(first.count > 7 && first.count < MOST);
    check_names(&first, names);
    for (int i = 0; i < 20; i++) {
        zig(&again, 4);
        CHECK(again.count == first.count);
        /* All but the call of zig() in this function, which is another one. */
        CHECK(memcmp(again.address, first.address, 6 * sizeof *first.address) ==
              0);
        CHECK(memcmp(again.address + 7, first.address + 7,
                     (size_t)(first.count - 7) * sizeof *first.address) == 0);
    }
    CHECK(again.address[6] != first.address[6]);
    CHECK(first.address[2] == first.address[4] &&
          first.address[3] == first.address[5]);
}

static void check_limits(void)
{
    struct list list;

    memset(&list, 0, sizeof list);
    CHECK(backtrace(list.address, 0) == 0 && backtrace(list.address, -1) == 0);
    CHECK(list.address[0] == NULL);
    take(&list, 1);
    CHECK(list.count == 1 && list.address[0] != NULL &&
          list.address[1] == NULL);
}

static void check_lines(void)
{
    struct list list;
    char text[8000], *at = text, **lines;
    ssize_t got = 0;
    int ends[2];

    take(&list, MOST);
    list.address[list.count++] = (void *)16; /* nobody's */
    lines = backtrace_symbols(list.address, list.count);
    CHECK(lines != NULL && pipe(ends) == 0);
    CHECK(strstr(lines[list.count - 1], "() [0x10]") != NULL);
    backtrace_symbols_fd(list.address, list.count, ends[1]);
    close(ends[1]);
    for (ssize_t more;
         (more = read(ends[0], text + got, sizeof text - 1 - (size_t)got)) > 0;
         got += more) {
    }
    text[got] = '\0';
    for (int i = 0; i < list.count; i++) {
        char *end = strchr(at, '\n');

        CHECK(end != NULL);
        if (end == NULL) {
            break;
        }
        *end = '\0';
        CHECK_TEXT(at, lines[i]);
        at = end + 1;
    }
    CHECK(*at == '\0');
    close(ends[0]);
    free(lines);
}

static void *in_thread(void *argument)
{
    take(argument, MOST);
    return NULL;
}

static void check_thread(void)
{
    static const char *const names[] = {"take", "in_thread", NULL};
    struct list list;
    pthread_t thread;

    CHECK(pthread_create(&thread, NULL, in_thread, &list) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    check_names(&list, names);
}

static struct list of_handler;

static void handler(int signal)
{
    (void)signal;
    take(&of_handler, MOST);
}

static void check_handler(void)
{
    static const char *const names[] = {"take", "handler", NULL};

    signal(SIGUSR1, handler);
    raise(SIGUSR1);
    CHECK(of_handler.count == 2);
    check_names(&of_handler, names);
}

int main(void)
{
    check_calls();
    check_return_addresses();
    check_limits();
    check_lines();
    check_thread();
    check_handler();
    return finish("backtrace");
}
