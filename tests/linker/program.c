/* The linker tests' program: one of everything the aligner must place. It
 * prints addresses and contents; every ISA's image must print the same. */
typedef unsigned long u64;

void sys_write(int fd, const void *bytes, u64 size);
int native_answer(void); /* native, calls neutral_answer */

__attribute__((used))
const unsigned char __popcorn_program_id[32] = {PROGRAM_ID, 2, 3, 4};

/* Named, as popcorn-codegen makes every literal: no symbol, no common place. */
static const char alpha[] = "alpha", beta[] = "beta", gamma[] = "gamma";
const char *const names[] = {alpha, beta, gamma};
int counter = 7;
int zeroed[1000];
__attribute__((aligned(4096))) const char page_aligned[10] = "page";
__attribute__((aligned(4096))) char page_aligned_bss[10];
__thread int tls_a = 5;
__thread int tls_b[10];
__thread double tls_c = 2.5;
EXTRA_DATA

static int add(int a)
{
    return a + counter;
}
static int sub(int a)
{
    return a - counter;
}
int (*table[])(int) = {add, sub};

__attribute__((section("myset"))) int set1 = 1;
__attribute__((section("myset"))) int set2 = 2;
extern int __start_myset[], __stop_myset[];
extern int never_defined __attribute__((weak));

int dead_function(int x)
{
    return x * 3;
}

/* Kept by one ISA only: the other must give it the same place. */
__attribute__((noinline)) int kept_by_one(int x)
{
    return x * counter;
}
volatile int sink;
#ifdef __x86_64__
#define USE_ONE() (sink = kept_by_one(2))
#else
#define USE_ONE() (sink = 0)
#endif

volatile int order;
__attribute__((constructor)) static void last(void)
{
    order = order * 10 + 3;
}
__attribute__((constructor(101))) static void first(void)
{
    order = order * 10 + 1;
}
__attribute__((constructor(202))) static void second(void)
{
    order = order * 10 + 2;
}

int neutral_answer(void)
{
    return 41;
}

__attribute__((noinline)) int choose(int x)
{
    switch (x) {
    case 0:
        return add(1);
    case 1:
        return sub(2);
    case 2:
        return zeroed[3];
    case 3:
        return names[1][0];
    case 4:
        return tls_a;
    case 5:
        return tls_b[2];
    case 6:
        return (int)tls_c;
    default:
        return -1;
    }
}

__attribute__((noinline)) double scale(double d)
{
    return d * 3.25 + 1.5;
}

static void print(const char *name, u64 value)
{
    char line[64];
    int n = 0;
    while (*name) {
        line[n++] = *name++;
    }
    line[n++] = ' ';
    for (int shift = 60; shift >= 0; shift -= 4) {
        line[n++] = "0123456789abcdef"[(value >> shift) & 15];
    }
    line[n++] = '\n';
    sys_write(1, line, n);
}

int main_neutral(int n)
{
    u64 sum = 0;
    for (int *p = __start_myset; p < __stop_myset; p++) {
        sum = sum * 10 + *p;
    }
    print("set", sum);
    print("order", order);
    print("add", (u64)table[0]);
    print("choose", (u64)choose);
    print("counter", (u64)&counter);
    print("zeroed", (u64)zeroed);
    print("page", (u64)page_aligned | (u64)page_aligned_bss);
    print("name", (u64)names[2]);
    print("weak", (u64)&never_defined);
    print("tls", tls_a + tls_b[1] + (int)tls_c);
    print("scale", (u64)scale(n));
    print("native", native_answer());
    for (int i = 0; i < 8; i++) {
        print("choose", choose(i) + table[i & 1](i));
    }
    USE_ONE();
    return n + 39;
}
