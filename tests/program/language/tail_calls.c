/* musttail: calls that take the place of their caller's frame, however many follow one
 * another, with moves among them. */
#include "language.h"
#include <stdlib.h>
#include <string.h>

#define TAIL __attribute__((musttail)) return

/* An interpreter of the kind musttail was made for: each instruction calls the next. */
struct machine;
typedef long instruction(struct machine *machine, const signed char *pc,
                         long value, double real);
enum { ADD, REAL, TIMES, STORE, LOOP, END };

struct machine {
    instruction *const *table;
    long cell[4];
    long left;
};

static instruction add, real_add, times, store, loop, end;
static instruction *const table[] = {add, real_add, times, store, loop, end};
#define NEXT(skip, value, real)                                                \
    TAIL machine->table[(int)pc[skip]](machine, pc + (skip), value, real)

static long add(struct machine *machine, const signed char *pc, long value,
                double real)
{
    NEXT(2, value + pc[1], real);
}

static long real_add(struct machine *machine, const signed char *pc, long value,
                     double real)
{
    NEXT(2, value, real + pc[1] / 16.0);
}

static long times(struct machine *machine, const signed char *pc, long value,
                  double real)
{
    NEXT(2, value * pc[1] % 1000003, real);
}

static long store(struct machine *machine, const signed char *pc, long value,
                  double real)
{
    machine->cell[(int)pc[1]] += value ^ (long)real;
    NEXT(2, value, real);
}

static long loop(struct machine *machine, const signed char *pc, long value,
                 double real)
{
    if (machine->left-- > 0) {
        NEXT(pc[1], value, real);
    }
    NEXT(2, value, real);
}

static long end(struct machine *machine, const signed char *pc, long value,
                double real)
{
    return value + (long)real + machine->cell[0] + *pc;
}

static void interpret(long rounds)
{
    static const signed char code[] = {ADD,   7, REAL, 3, TIMES, 31,  STORE, 0,
                                       STORE, 2, REAL, 1, LOOP,  -12, END};
    struct machine machine = {table, {0}, rounds};
    long result = machine.table[code[0]](&machine, code, 1, 0.25);

    printf("interpreter %ld: %ld %ld\n", rounds, result, machine.cell[2]);
}

/* Two that call each other, with locals in memory: neither stack may grow. */
static unsigned long odd(unsigned long n, unsigned long seed);

static NOINLINE unsigned long even(unsigned long n, unsigned long seed)
{
    unsigned char bytes[256];

    if (n == 0) {
        return seed;
    }
    memset(bytes, (int)(seed & 255), sizeof bytes);
    bytes[n & 255] ^= 77;
    if (n % 4096 == 0) {
        seed += hash(bytes, sizeof bytes);
    }
    TAIL odd(n - 1, seed * 3 + bytes[seed & 255]);
}

static NOINLINE unsigned long odd(unsigned long n, unsigned long seed)
{
    volatile unsigned long words[n % 7 + 1];

    words[n % 7] = seed ^ n;
    if (n % 8192 == 1) {
        point();
    }
    TAIL even(n - 1, words[n % 7]);
}

/* Results and arguments of every kind that is in registers. */
struct pair {
    long first, second;
};

static NOINLINE struct pair pair_end(long a, long b)
{
    point();
    return (struct pair){b, a};
}

static NOINLINE struct pair pair_of(long a, long b)
{
    long kept = hidden(a + b);

    TAIL pair_end(kept, a - b);
}

/* A result that the caller gives the place of. */
struct large {
    long cell[20];
};

static NOINLINE struct large large_end(long a, double b)
{
    struct large result;

    for (int i = 0; i < 20; i++) {
        result.cell[i] = a * i + (long)b;
        point();
    }
    return result;
}

static NOINLINE struct large large(long a, double b)
{
    point();
    TAIL large_end(hidden(a) * 7, b * 3);
}

/* One that AArch64 has in four registers. */
struct four {
    double number[4];
};

static NOINLINE struct four four_end(double a, long b)
{
    point();
    return (struct four){{a, (double)b, a * 2, (double)b / 4}};
}

static NOINLINE struct four four(double a, long b)
{
    point();
    TAIL four_end(a + 0.5, hidden(b) * 3);
}

static NOINLINE __int128 wide_end(__int128 a, int b)
{
    return hidden(b) + a * 3;
}

static NOINLINE __int128 wide(__int128 a, int b)
{
    TAIL wide_end(a << 40, (int)hidden(b) + 1);
}

static NOINLINE long double quad_end(long double a, float b, double c)
{
    point();
    return a * b + c;
}

static NOINLINE long double quad(long double a, float b, double c)
{
    point();
    TAIL quad_end(a / 3, b + 1, c);
}

static NOINLINE signed char narrow_end(signed char a, unsigned short b)
{
    point();
    return (signed char)(a + b);
}

static NOINLINE signed char narrow(signed char a, unsigned short b)
{
    TAIL narrow_end((signed char)hidden(a * 3), (unsigned short)(b * 5));
}

static NOINLINE void nothing_end(char *text)
{
    point();
    strcat(text, " end");
}

static NOINLINE void nothing(char *text)
{
    strcat(text, " begin");
    TAIL nothing_end(text);
}

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

static int compare(const void *a, const void *b)
{
    TAIL by_value(a, b);
}

int main(void)
{
    struct pair pair = pair_of(hidden(17), 5);
    __int128 w = wide((__int128)hidden(12345) << 30, 6);
    struct large results = large(hidden(11), 2.5);
    struct four quarter = four((double)hidden(9), 14);
    int numbers[40];
    char text[40] = "text";

    interpret(hidden(5));
    interpret(60000);
    printf("even, odd: %lu\n", even(300000, (unsigned long)hidden(3)));
    printf("pair %ld %ld\n", pair.first, pair.second);
    printf("wide %lx %lx\n", (long)(w >> 64), (long)w);
    printf("large %u\n", hash(&results, sizeof results));
    printf("four %g %g %g %g\n", quarter.number[0], quarter.number[1],
           quarter.number[2], quarter.number[3]);
    printf("quad %.17g\n", (double)quad(hidden(10), 2.5f, 0.125));
    printf("narrow %d\n", narrow(100, 60000));
    nothing(text);
    puts(text);
    for (int i = 0; i < 40; i++) {
        numbers[i] = i * 7919 % 40;
    }
    qsort(numbers, 40, sizeof *numbers, compare);
    printf("sorted %u\n", hash(numbers, sizeof numbers));
    return 0;
}
