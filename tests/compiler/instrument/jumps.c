/* setjmp: values live across it, in loops, nested, from callees. The harness
 * resolves setjmp to jumps_x86_64.S, which restores what the contract of
 * docs/architecture.md says. */
void report(const char *name, unsigned long value);

typedef unsigned long jmp_buf[16];
int setjmp(jmp_buf) __attribute__((returns_twice));
void __popcorn_longjmp(jmp_buf, int) __attribute__((noreturn));

static jmp_buf outer;

__attribute__((noinline)) void thrower(long n, int code)
{
    long v[4] = {n, n, n, n};
    report("thrower", (unsigned long)(v[n & 3] + code));
    if (n > 0) {
        thrower(n - 1, code);
    }
    __popcorn_longjmp(outer, code);
}

__attribute__((noinline)) long catcher(long a, double d, const char *name)
{
    long local[5] = {a, a + 1, a + 2, a + 3, a + 4};
    volatile int rounds = 0;
    int code = setjmp(outer);
    report(name, (unsigned long)(a + code + (long)d));
    if (rounds < 4) {
        rounds = rounds + 1;
        local[rounds] += code;
        thrower(rounds, rounds + 10);
    }
    return local[0] + local[4] * 3 + code + (long)(d * 2);
}

__attribute__((noinline)) long looped(long n)
{
    long s = 0;
    for (long i = 0; i < n; i++) {
        jmp_buf here;
        volatile int seen = 0;
        int code = setjmp(here);
        if (code == 0) {
            s += i;
        }
        if (seen++ < 2) {
            long copy[3] = {i, code, seen};
            report("looped", (unsigned long)(copy[0] + copy[1] * 16));
            __popcorn_longjmp(here, (int)i + 1);
        }
        s += code * 100;
    }
    return s;
}

volatile long size = 9;

/* The address of a variable array is a value like any other. */
__attribute__((noinline)) long sized(long n)
{
    long array[n];
    volatile int rounds = 0;
    for (long i = 0; i < n; i++) {
        array[i] = i * n;
    }
    int code = setjmp(outer);
    if (rounds++ < 2) {
        char more[n * rounds];
        more[rounds] = (char)code;
        thrower(rounds, rounds + 20 + more[rounds]);
    }
    long s = code;
    for (long i = 0; i < n; i++) {
        s += array[i];
    }
    return s;
}

unsigned long test(void)
{
    long s = catcher(7, 2.5, "catcher");
    s += looped(5) + sized(size);
    s += catcher(1, 1.5, "again");
    return (unsigned long)s;
}
