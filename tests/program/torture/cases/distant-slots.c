// On AArch64 fabs and negation of a long double go through a stack slot each. With
// more than 4 KiB of them LLVM made the address of one slot the base of others, and
// the verifier took the first for used by each of them: refused.
static volatile int one = 1;

__attribute__((noinline)) static long double get(int n)
{
    return n % 2 ? -n * (long double)one : n / 3.0L;
}

__attribute__((noinline)) static int more(int n)
{
    return n % 3 + one > 1;
}

#define A(n) s += __builtin_fabsl(get(n)); if (more(n)) s += -get(n + 5) / (1 + s * s); else t = -s;
#define B(n) A(n) A(n + 1) A(n + 2) A(n + 3) A(n + 4) A(n + 5) A(n + 6) A(n + 7)
#define C(n) B(n) B(n + 8) B(n + 16) B(n + 24) B(n + 32) B(n + 40) B(n + 48) B(n + 56)

__attribute__((noinline)) static long double sum(int n)
{
    long double s = 0, t = 1;
    while (n-- > 0) { C(0) C(64) }
    return s + t;
}

__attribute__((noinline, optnone)) static long double slow(int n)
{
    long double s = 0, t = 1;
    while (n-- > 0)
        for (int i = 0; i < 128; i++) {
            long double v = get(i);
            s += v < 0 ? -v : v;
            if (more(i))
                s += -get(i + 5) / (1 + s * s);
            else
                t = -s;
        }
    return s + t;
}

int main(void)
{
    return sum(2) == slow(2) ? 0 : 1;
}
