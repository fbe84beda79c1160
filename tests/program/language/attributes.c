/* Attributes: constructor, destructor, cleanup, weak, alias, section, noinline,
 * always_inline, aligned, packed, pure, const, cold, malloc, used, visibility. */
#include "language.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static char order[64];
static void note(char c)
{
    point();
    order[strlen(order)] = c;
}

__attribute__((constructor(102))) static void second(void)
{
    note('2');
}
__attribute__((constructor(101))) static void first(void)
{
    note('1');
}
__attribute__((constructor)) static void third(void)
{
    note('3');
}
__attribute__((destructor)) static void end(void)
{
    note('e');
    printf("destructor %s\n", order);
    fflush(stdout);
}
__attribute__((destructor(101))) static void very_end(void)
{
    note('v');
    printf("last destructor %s\n", order);
}

static int cleaned[8], cleanups;
static void clean(int *value)
{
    point();
    cleaned[cleanups++] = *value;
}
static void release(char **text)
{
    point();
    free(*text);
}

static NOINLINE int with_cleanup(int n)
{
    __attribute__((cleanup(clean))) int outer = n;
    __attribute__((cleanup(release))) char *text = malloc(10);

    strcpy(text, "cleanup");
    for (int i = 0; i < 5; i++) {
        __attribute__((cleanup(clean))) int inner = i * 10;
        point();
        inner++;
        if (i == n) {
            break;
        }
        if (i == n + 3) {
            return outer + 1000;
        }
    }
    outer++;
    return outer + (int)strlen(text);
}

__attribute__((weak)) int weak_function(int a)
{
    point();
    return a + 1;
}
extern int not_there(int) __attribute__((weak));
extern int not_there_either __attribute__((weak));

int aliased_target(int a)
{
    point();
    return a * 2;
}
int aliased(int) __attribute__((alias("aliased_target")));
int weakly_aliased(int) __attribute__((weak, alias("aliased_target")));
int original = 5;
extern int same __attribute__((alias("original")));

struct registration {
    const char *name;
    int (*call)(int);
};
#define REGISTER(name, call)                                                   \
    __attribute__((section("registry"),                                        \
                   used)) static const struct registration entry_##call = {    \
        name, call};
REGISTER("weak", weak_function)
REGISTER("alias", aliased)
REGISTER("target", aliased_target)
extern const struct registration __start_registry[], __stop_registry[];

__attribute__((section("own_data"))) static int in_section = 7;
__attribute__((section(".text.special"), noinline)) static int special(int a)
{
    point();
    return a + in_section;
}

__attribute__((always_inline)) static inline int inlined(int a)
{
    point();
    return a * a;
}
__attribute__((pure, noinline)) static int pure(const int *a)
{
    return *a + 1;
}
__attribute__((const, noinline)) static int constant(int a)
{
    return a * 3;
}
__attribute__((cold, noinline)) static int cold(int a)
{
    point();
    return a - 1;
}
__attribute__((hot, flatten)) static int flat(int a)
{
    return inlined(cold(a));
}
__attribute__((malloc, alloc_size(1), noinline)) static void *make(size_t n)
{
    point();
    return calloc(1, n);
}
__attribute__((noreturn, noinline)) static void leave(int status)
{
    point();
    exit(status);
}
__attribute__((optnone, noinline)) static int unoptimised(int a)
{
    int b = a, *c = &b;

    point();
    *c += 1;
    return b;
}
__attribute__((visibility("hidden"), noinline)) int hidden_function(int a)
{
    point();
    return a + 100;
}
__attribute__((nonnull(1), warn_unused_result, returns_nonnull,
               noinline)) static char *
skip(char *text)
{
    point();
    return text + 1;
}

static char aligned_global[3] __attribute__((aligned(4096)));
static struct {
    char c;
    int i;
} __attribute__((packed, aligned(2))) both = {1, 2};
typedef int unaligned_int __attribute__((aligned(1)));

static NOINLINE int read_unaligned(const char *at)
{
    point();
    return *(const unaligned_int *)at;
}

int main(void)
{
    char bytes[12] = "\1\2\3\4\5\6\7\10\11\12\13";

    printf("constructors %s\n", order);
    printf("cleanup %d", with_cleanup(2));
    printf(" %d:", with_cleanup(-1));
    for (int i = 0; i < cleanups; i++) {
        printf(" %d", cleaned[i]);
    }
    printf("\nweak %d %d %d\n", weak_function(1), not_there == NULL,
           &not_there_either == NULL);
    printf("alias %d %d %d", aliased(4), weakly_aliased(5),
           aliased == aliased_target);
    same++;
    point();
    printf(" %d %d\n", original, &same == &original);
    for (const struct registration *r = __start_registry; r < __stop_registry;
         r++) {
        printf("registry %s %d\n", r->name, r->call(20));
    }
    printf("special %d\n", special((int)hidden(3)));
    printf("inlined %d %d %d %d\n", inlined((int)hidden(5)), pure(&original),
           constant((int)hidden(4)), flat((int)hidden(9)));
    printf("unoptimised %d %d\n", unoptimised(5), hidden_function(1));
    int *made = make(40);
    printf("made %d %s\n", made[9], skip(skip((char[]){"text"})));
    free(made);
    printf("aligned %d %zu %d %x\n", (int)((uintptr_t)aligned_global % 4096),
           sizeof(both), both.i, read_unaligned(bytes + 3));
    leave(4);
}
