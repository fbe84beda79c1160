/* Neutral code that checks itself; run on each ISA without libc (start.c).
 * Each check has the number that becomes the exit status when it fails. */
#include <complex.h>
#include <stdarg.h>
#include <stddef.h>

#define CHECK(number, condition)                                               \
    do {                                                                       \
        if (!(condition)) {                                                    \
            return number;                                                     \
        }                                                                      \
    } while (0)

/* run2.c: defined there, declared here without a prototype or as is. */
int knr_sum();
int knr_narrow();
double knr_double();
int cross_variadic(int count, ...);

typedef struct {
    float a, b, c, d;
} hfa4;
typedef struct {
    double x, y, z;
} hfa3;
typedef struct {
    char text[3];
} tiny;
typedef struct {
    long a, b;
} pair;
typedef struct {
    long a, b, c;
} large;
typedef struct {
    __int128 wide;
} aligned;

static hfa4 make4(float x)
{
    return (hfa4){x, x + 1, x + 2, x + 3};
}
__attribute__((noinline)) hfa3 make3(double x)
{
    return (hfa3){x, 2 * x, 3 * x};
}
__attribute__((noinline)) double _Complex long_pair(double x)
{
    return x + 2 * x * I;
}

__attribute__((noinline)) static int mixed(const char *kinds, ...)
{
    va_list list, again;
    int bad = 0, i = 1;

    va_start(list, kinds);
    va_copy(again, list);
    for (const char *k = kinds; *k != '\0'; k++, i++) {
        switch (*k) {
        case 'i':
            bad |= va_arg(list, int) != i;
            break;
        case 'l':
            bad |= va_arg(list, long) != -i;
            break;
        case 'd':
            bad |= va_arg(list, double) != i + 0.5;
            break;
        case 'L':
            bad |= va_arg(list, long double) != i + 0.25L;
            break;
        case 'w':
            bad |= va_arg(list, __int128) != ((__int128)i << 70);
            break;
        case 'p':
            bad |= *va_arg(list, int *) != i;
            break;
        case '4':
            bad |= va_arg(list, hfa4).d != i + 3;
            break;
        case '3':
            bad |= va_arg(list, hfa3).z != 3 * i;
            break;
        case 't':
            bad |= va_arg(list, tiny).text[2] != i;
            break;
        case 'P':
            bad |= va_arg(list, pair).b != i;
            break;
        case 'G':
            bad |= va_arg(list, large).c != i;
            break;
        case 'A':
            bad |= va_arg(list, aligned).wide != i;
            break;
        case 'c':
            bad |= cimagf(va_arg(list, float _Complex)) != i;
            break;
        case 'C':
            bad |= cimagl(va_arg(list, long double _Complex)) != i;
            break;
        default:
            bad = 1;
            break;
        }
    }
    bad |= kinds[0] == 'i' && va_arg(again, int) != 1;
    va_end(list);
    va_end(again);
    return bad;
}

static int by_list(int count, va_list *list)
{
    int sum = 0;

    while (count-- > 0) {
        sum += va_arg(*list, int);
    }
    return sum;
}
__attribute__((noinline)) static int forward(int count, ...)
{
    va_list list;
    int sum;

    va_start(list, count);
    sum = by_list(count / 2, &list);
    sum += by_list(count - count / 2, &list);
    va_end(list);
    return sum;
}

/* Reads what was not passed, as fcntl does. */
__attribute__((noinline)) static int optional(int wanted, ...)
{
    va_list list;
    int value;

    va_start(list, wanted);
    value = va_arg(list, int);
    va_end(list);
    return wanted ? value : 0;
}

static int dispatch(const unsigned char *code)
{
    static void *const table[] = {&&stop, &&add, &&twice};
    static const int offsets[] = {&&stop - &&stop, &&add - &&stop,
                                  &&twice - &&stop};
    int value = 0;

    goto *table[*code++];
add:
    value += 1;
    goto *(&&stop + offsets[*code++]);
twice:
    value *= 2;
    goto *table[*code++];
stop:
    return value;
}

static int label_is_set(int which)
{
    void *label = which ? &&out : NULL;

    if (label == NULL) {
        return 0;
    }
    goto *label;
out:
    return 1;
}

__attribute__((noinline)) static int hidden(int x)
{
    int y, z = 3;

    __asm__ volatile("" : "+r"(x) : : "memory");
    __asm__("" : "=r"(y) : "0"(x));
    __asm__ volatile("" : "+m"(z) : "r"(y), "g"(&z));
    __asm__ volatile("# a comment" ::: "memory");
    return y + z;
}

/* Outputs that may be in memory, several alternatives: the value tied to an
 * output is its value, whichever place the compiler chooses. */
static int tied_in_memory(int x)
{
    int either, first = 0;
    long copy = 2;

    __asm__("" : "=rm"(either) : "0"(x));
    __asm__("" : "=r,m"(first) : "0,0"(x + 1));
    __asm__ volatile("/* several\n lines */" : "+r,m"(copy) : : "memory");
    __asm__ volatile("" : "+r,m"(copy), "+m,r"(x) : "r,m"(either) : "cc");
    return either + 10 * first + 100 * (int)copy + 1000 * x;
}

static int call_through(int (*function)(), int a, int b)
{
    return function(a, b);
}
static int plus(int a, int b)
{
    return a + b;
}

static long stack_depth(int levels)
{
    volatile char filler[64];

    filler[0] = (char)levels;
    if (levels == 0) {
        return (long)__builtin_frame_address(0);
    }
    return stack_depth(levels - 1) + filler[0] - filler[0];
}

int test_main(void)
{
    int five = 5;
    static const unsigned char code[] = {1, 1, 2, 1, 0};

    CHECK(1, make4(1).d == 4 && make3(2).z == 6);
    CHECK(2, cimag(long_pair(3)) == 6);
    CHECK(3, mixed("ildip", 1, -2L, 3.5, 4, &five) == 0);
    CHECK(4, mixed("iLwi", 1, 2.25L, (__int128)3 << 70, 4) == 0);
    CHECK(5, mixed("i4i3", 1, make4(2), 3, (hfa3){1, 1, 12}) == 0);
    CHECK(6, mixed("itPG", 1, (tiny){{0, 0, 2}}, (pair){0, 3},
                   (large){0, 0, 4}) == 0);
    CHECK(7, mixed("iAcC", 1, (aligned){2}, 3.0f * (float _Complex)I,
                   4.0L * (long double _Complex)I) == 0);
    CHECK(8, mixed("iiiiiiiiiiii", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) == 0);
    CHECK(9, forward(4, 1, 2, 3, 4) == 10);
    CHECK(10, optional(1, 7) == 7 && optional(0) == 0);
    CHECK(11, dispatch(code) == 5);
    CHECK(12, label_is_set(1) && !label_is_set(0));
    CHECK(13, hidden(4) == 7);
    CHECK(14, call_through((int (*)())plus, 2, 3) == 5);
    CHECK(15, knr_sum(1, 2, 3) == 6);
    CHECK(16, knr_narrow((char)-3, (short)40) == 37);
    CHECK(17, knr_double(1, 2.5f) == 3.5);
    CHECK(18, cross_variadic(3, 10, 20.5, 30L) == 60);
    CHECK(19, ((int (*)(int, int, int))forward)(2, 8, 9) == 17);
    CHECK(20, ((int (*)(int, ...))plus)(8, 9) == 17);
    CHECK(21, stack_depth(3) != 0 && stack_depth(3) != stack_depth(30));
    CHECK(22, tied_in_memory(3) == 3243);
    return 0;
}
