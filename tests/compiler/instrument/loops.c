/* Loops of every form strip mining meets, and those it must leave alone. */
void report(const char *name, unsigned long value);

static int data[70000];
static float fa[9000], fb[9000];

__attribute__((noinline)) unsigned long sum_up(unsigned long n)
{
    unsigned long s = 0;
    for (unsigned long i = 0; i < n; i++) {
        s += (unsigned)data[i];
    }
    return s;
}

__attribute__((noinline)) float saxpy(float a, long n)
{
    for (long i = 0; i < n; i++) {
        fb[i] += a * fa[i];
    }
    float s = 0;
    for (long i = 0; i < n; i++) {
        s += fb[i];
    }
    return s;
}

__attribute__((noinline)) unsigned down(unsigned n)
{
    unsigned s = 1;
    for (unsigned i = n; i > 0; i--) {
        s = s * 3 + (unsigned)data[i];
    }
    for (int i = (int)n; i >= 0; i -= 3) {
        s = s * 5 + (unsigned)data[i];
    }
    return s;
}

__attribute__((noinline)) unsigned pointers(const int *p, const int *end)
{
    unsigned s = 7;
    for (; p != end; p++) {
        s = (s << 1 | s >> 31) ^ (unsigned)*p;
    }
    return s;
}

__attribute__((noinline)) unsigned steps(unsigned from, unsigned to,
                                         int signed_from, int signed_to)
{
    unsigned s = 0;
    for (unsigned i = from; i < to; i += 7) {
        s = s * 31 + i;
    }
    for (int i = signed_from; i < signed_to; i += 13) {
        s = s * 33 ^ (unsigned)i;
    }
    return s;
}

__attribute__((noinline)) unsigned narrow(unsigned char from, unsigned char to,
                                          unsigned short limit)
{
    unsigned s = 0;
    for (unsigned char i = from; i != to; i += 3) {
        s = s * 31 + i;
    }
    for (unsigned short i = 0; i < limit; i++) {
        s = s * 3 + i;
    }
    return s;
}

__attribute__((noinline)) long find(const int *p, long n, int x)
{
    for (long i = 0; i < n; i++) {
        if (p[i] == x) {
            return i;
        }
    }
    return -1;
}

__attribute__((noinline)) unsigned collatz(unsigned long n)
{
    unsigned steps = 0;
    while (n != 1) {
        n = n & 1 ? 3 * n + 1 : n / 2;
        steps++;
    }
    return steps;
}

__attribute__((noinline)) unsigned nested(int n)
{
    unsigned s = 0;
    for (int i = 0; i < n; i++) {
        for (int j = i; j < n; j++) {
            for (int k = 0; k < 4; k++) {
                s = s * 3 + (unsigned)data[i + j * k];
            }
        }
    }
    return s;
}

__attribute__((noinline)) unsigned irreducible(unsigned n, int where)
{
    unsigned s = 0;
    if (where) {
        goto middle;
    }
top:
    s = s * 3 + n;
middle:
    s ^= n;
    if (n-- > 1) {
        if (s & 4) {
            goto middle;
        }
        goto top;
    }
    return s;
}

__attribute__((noinline)) unsigned with_calls(unsigned n)
{
    unsigned s = 0;
    for (unsigned i = 0; i < n; i++) {
        s = s * 7 + collatz(i + 1);
    }
    return s;
}

unsigned long test(void)
{
    unsigned long r = 0;
    for (int i = 0; i < 70000; i++) {
        data[i] = i * 7919 % 10007;
    }
    for (int i = 0; i < 9000; i++) {
        fa[i] = (float)(i % 77);
        fb[i] = (float)(i % 13);
    }
    static const unsigned long sizes[] = {0,    1,     4095,  4096,  4097,
                                          8192, 16384, 16385, 32769, 65000};
    for (int i = 0; i < 10; i++) {
        unsigned long n = sizes[i];
        r = r * 31 + sum_up(n);
        report("sum", r);
        r = r * 31 + down((unsigned)n);
        r = r * 31 + pointers(data, data + n);
        r = r * 31 + steps((unsigned)n, 1000003, -70000, (int)n);
        report("steps", r);
        r = r * 31 + steps(0xfff00000u, 0xfffffff0u, 2147000000, 2147483600);
        r = r * 31 + narrow((unsigned char)n, 1, (unsigned short)n);
        r = r * 31 + (unsigned long)find(data, (long)n, 10006);
        report("find", r);
    }
    r += (unsigned long)saxpy(1.5f, 8999);
    report("saxpy", r);
    r += collatz(837799) + nested(150) + with_calls(300);
    r += irreducible(1000, 0) + irreducible(999, 1);
    return r;
}
