/* Every kind of value live across calls and polls. */
void report(const char *name, unsigned long value);

typedef int v4si __attribute__((vector_size(16)));
typedef float v8sf __attribute__((vector_size(32)));
typedef short v3hi __attribute__((ext_vector_type(3)));

struct pair {
    long a;
    int b;
};
struct big {
    long x[7];
};
struct hfa {
    double a, b;
};

__attribute__((noinline)) long leaf(long x)
{
    return x * 3 + 1;
}

__attribute__((noinline)) long step(long x)
{
    long s = 0;
    for (long i = 0; i < (x & 15) + 3; i++) {
        report("step", (unsigned long)(i + leaf(x)));
        s += i * x;
    }
    return s;
}

__attribute__((noinline)) struct pair make_pair(long a, int b)
{
    struct pair p = {step(a), b + (int)step(b)};
    return p;
}

__attribute__((noinline)) struct big make_big(long a)
{
    struct big r;
    for (int i = 0; i < 7; i++) {
        r.x[i] = step(a + i);
    }
    return r;
}

__attribute__((noinline)) struct hfa make_hfa(double a)
{
    struct hfa h = {a * 2, a + (double)step((long)a)};
    return h;
}

__attribute__((noinline)) long mixed(char c, short s, int i, long l, float f,
                                     double d, long double ld, __int128 w,
                                     _Bool b, _Float16 h, long s1, long s2)
{
    long sum = 0;
    for (int k = 0; k < 5; k++) {
        sum += step(l + k);
        sum += c + s * k + i + (long)f + (long)(d * k) + (long)ld +
               (long)(w >> 65) + b + (long)h + s1 * s2;
        f += 1.5f;
        d *= 1.25;
        ld = ld * 3 + k;
        w = w * 5 + k;
        h = (_Float16)(h + (_Float16)0.5);
        b = !b;
        c = (char)(c * 7);
        s = (short)(s + c);
    }
    return sum;
}

__attribute__((noinline)) unsigned long vectors(v4si a, v8sf b, v3hi c)
{
    unsigned long sum = 0;
    for (int i = 0; i < 6; i++) {
        sum += (unsigned long)step(i);
        a = a * 3 + i;
        b = b * 1.5f + (float)i;
        c = c + (short)i;
    }
    for (int i = 0; i < 4; i++) {
        sum += (unsigned)a[i];
    }
    for (int i = 0; i < 8; i++) {
        sum = sum * 31 + (unsigned long)(long)b[i];
    }
    return sum + (unsigned long)(c.x + c.y * 3 + c.z * 5);
}

__attribute__((noinline)) _Complex double cplx(_Complex double z)
{
    _Complex double s = z;
    for (int i = 0; i < 4; i++) {
        step(i);
        s += z * (double)i;
    }
    return s;
}

__attribute__((noinline)) long indirect(long (*f)(long), long n)
{
    long s = 0;
    while (n--) {
        s += f(n) ^ n;
    }
    return s;
}

__attribute__((noinline)) int overflow(int a, int b, int *out)
{
    int n = 0, r;
    for (int i = 0; i < 8; i++) {
        if (__builtin_mul_overflow(a, b + i, &r)) {
            step(i);
            n++;
        }
        a = r;
        *out += a;
    }
    return n;
}

__attribute__((noinline)) long atomics(long *p)
{
    long old = 5, n = 0;
    while (!__atomic_compare_exchange_n(p, &old, old + 3, 0, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED)) {
        n += step(old) + 1;
    }
    return n + old;
}

__attribute__((noinline)) long recurse(long n)
{
    if (n < 2) {
        return n;
    }
    long local[3] = {n, n + 1, n + 2};
    long r = recurse(n - 1) + recurse(n - 2);
    return r + local[n % 3];
}

__attribute__((noinline)) long dispatch(const unsigned char *code, long acc)
{
    for (;;) {
        switch (*code++) {
        case 0:
            return acc;
        case 1:
            acc += 3;
            break;
        case 2:
            acc = step(acc & 31);
            break;
        case 3:
            acc ^= 0x55;
            break;
        case 4:
            acc = acc * 7 - 1;
            continue;
        case 5:
            code += acc & 1;
            break;
        case 6:
            acc = leaf(acc);
            break;
        default:
            acc--;
            break;
        }
    }
}

/* More values cross the calls of the loop than either ISA has registers for:
 * cold_values.cpp makes locals of k0..k9, but not of i and sum. */
__attribute__((noinline)) static long crowded(long (*f)(long), const long *k,
                                              int n)
{
    long k0 = k[0], k1 = k[1] ^ k0, k2 = k[2] - k1, k3 = k[3] + k2;
    double k4 = (double)k3 / 3, k5 = k4 - (double)k0;
    unsigned char k6 = (unsigned char)k1;
    short k7 = (short)k2;
    float k8 = (float)k5 * 0.5f;
    const long *k9 = k + (k0 & 1);
    long sum = 0;
    for (int i = 0; i < n; i++) {
        sum = sum * 3 + f(i);
        sum ^= step(sum & 15);
        if (i % 16 == 7) {
            sum += k0 ^ k1 ^ k2 ^ k3 ^ k6 ^ k7 ^ *k9;
            sum += (long)(k4 + k5 + (double)k8);
            k3 -= sum & 255;
        }
    }
    return sum + k3 + k7 + k6 + (long)k8;
}

unsigned long test(void)
{
    static const unsigned char code[] = {1, 4, 2, 3, 9, 6, 4, 4, 5, 1,
                                         2, 2, 6, 3, 4, 1, 9, 0, 0};
    struct pair p = make_pair(4, 9);
    struct big g = make_big(3);
    struct hfa h = make_hfa(2.5);
    unsigned long r = (unsigned long)(p.a + p.b);
    for (int i = 0; i < 7; i++) {
        r = r * 17 + (unsigned long)g.x[i];
    }
    r += (unsigned long)(h.a * 100 + h.b);
    report("structs", r);
    r += (unsigned long)mixed(-3, 200, 70000, 1L << 40, 2.5f, 1e10, 1e15L,
                              ((__int128)77 << 70) + 5, 1, (_Float16)1.5, 6, 7);
    report("mixed", r);
    r += vectors((v4si){1, -2, 3, -4}, (v8sf){1, 2, 3, 4, 5, 6, 7, 8},
                 (v3hi){9, 8, 7});
    report("vectors", r);
    _Complex double z = cplx(1.5 + 2.0 * 1.0i);
    r += (unsigned long)(__real__ z * 1000 + __imag__ z);
    r += (unsigned long)indirect(step, 9) + (unsigned long)indirect(leaf, 9);
    report("indirect", r);
    int out = 0;
    r += (unsigned long)overflow(77777, 33333, &out) + (unsigned)out;
    long word = 17;
    r += (unsigned long)atomics(&word) + (unsigned long)word;
    r += (unsigned long)recurse(14);
    report("recurse", r);
    long (*volatile called)(long) = step;
    volatile int rounds = 100;
    r += (unsigned long)crowded(called, (const long[]){99, -7, 1L << 33, 12345},
                                rounds);
    report("crowded", r);
    return r + (unsigned long)dispatch(code, 5);
}
