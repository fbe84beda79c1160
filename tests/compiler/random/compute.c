/* Writes a random C program that computes and prints checksums.
 *
 *   compute SEED numeric|wide
 *
 * The same seed gives the same program. It is a few functions ("blocks") drawn
 * from a table; each prints a line for each of two keys, so a difference in the
 * output names the block. All values come from mix(), which reads a volatile:
 * nothing can be folded away.
 *
 * numeric: loops over float and double that vectorise, libm calls (sine and
 * cosine into structs among them), complex numbers, structs of reals by value.
 * wide: long double, __int128, varargs, setjmp, threads, atomics, jump tables,
 * bit-fields, VLAs, chains of compares that choose large constants.
 *
 * The output is the same in every correct build, by construction:
 * - integers are computed unsigned, shifts masked, divisors not zero, reals cut to
 *   an integer only in its range;
 * - a NaN is printed as one value and its sign never looked at (it differs between
 *   the ISAs), the result of fmin and fmax gets + 0.0 (they may return either zero);
 * - libm functions that round (sin, exp, pow, ...) are in `numeric` only. They are
 *   the same C code in Popcorn and in Debian's musl for x86-64, whose AArch64 build
 *   uses fma in them. `wide` has those with one right result (sqrt, fma, floor, ...);
 * - long double is in `wide` only: binary128 in Popcorn and on AArch64;
 * - threads add up integers, and reals that are exact in any order.
 */
#include "expression.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 3 };

static int block; /* index of the one being written; part of its names */

static void begin_block(void)
{
    printf("static NOINLINE u64 block%d(u64 key)\n{\n    u64 sum = key;\n",
           block);
}

static void end_block(void)
{
    printf("    return sum;\n}\n");
}

/* Loops ----------------------------------------------------------------- */

/* One assignment to a[i] of `type` from the arrays and i; at times after a
 * compare, or of every second element. */
static void loop_over(const char *array, enum type type, int depth)
{
    int first = scope();

    printf("    for (int i = 0; i < n; i%s) {\n", chance(15) ? " += 2" : "++");
    variable(F32, "f[i]");
    variable(F64, "d[i]");
    variable(F64, "e[n - 1 - i]");
    variable(F32, "f[(i + 1) % n]");
    variable(I32, "w[i]");
    variable(U64, "u[i]");
    variable(I32, "i");
    if (wide) {
        variable(FQ, "q[i]");
    }
    if (chance(25)) {
        printf("        if (");
        condition(1);
        printf(")\n    ");
    }
    printf("        %s[i] = ", array);
    expression(type, depth);
    printf(";\n    }\n");
    end_scope(first);
}

static void print_loops(void)
{
    static const char *const arrays[] = {"f", "d", "e", "w", "u", "q"};
    static const enum type types[] = {F32, F64, F64, I32, U64, FQ};
    int n = 8 + (int)random_below(30);
    int fixed = chance(50);

    begin_block();
    printf("    float f[%d];\n    double d[%d], e[%d];\n    int w[%d];\n"
           "    u64 u[%d];\n    int n = %d%s;\n",
           n, n, n, n, n, n, fixed ? "" : " - (int)(mix(key) & 7)");
    printf("%s", wide ? "    long double q[40];\n" : "");
    printf(
        "    for (int i = 0; i < %d; i++) {\n        f[i] = make_real(key + "
        "i);\n"
        "        d[i] = make_real(key + i + 50);\n        e[i] = i;\n"
        "        w[i] = mix(key ^ i);\n        u[i] = mix(key - i);\n%s    }\n",
        n, wide ? "        q[i] = make_real(key ^ i);\n" : "");
    for (int loop = 0; loop < 3; loop++) {
        int a = (int)random_below(wide ? 6 : 5);
        loop_over(arrays[a], types[a], chance(50) ? 2 : DEPTH);
        if (chance(40)) {
            printf("    step(&sum);\n");
        }
    }
    printf("    double total = 0, most = d[0];\n    unsigned exor = 0;\n"
           "    for (int i = 0; i < n; i++) {\n"
           "        total += d[i] * e[i] + f[i];\n        exor ^= "
           "(unsigned)w[i] + (unsigned)u[i];\n"
           "        most = d[i] > most ? d[i] : most;\n"
           "        sum += u[i] >> 3;\n%s    }\n",
           wide ? "        total += (double)q[i];\n" : "");
    printf("    sum = add_real(add_real(sum, total), most);\n"
           "    sum = add(sum, exor);\n");
    end_block();
}

/* Sine and cosine of one angle, stored as a pair. */
static void print_sincos(void)
{
    enum type type = chance(60) ? F64 : F32;
    const char *t = type_name[type], *s = suffix(type);
    int n = 4 + (int)random_below(20), first = scope();

    printf("struct pair%d { %s re, im; };\n", block, t);
    printf(
        "static NOINLINE void fill%d(int n, struct pair%d *e, u64 key)\n{\n"
        "    for (int i = 0; i < n; i++) {\n        %s x = make_real(key) * ",
        block, block, t);
    variable(I32, "i");
    expression(type, 1);
    end_scope(first);
    printf(";\n        e[i].re = cos%s(x);\n        e[i].im = sin%s(x)%s;\n"
           "    }\n}\n",
           s, s, chance(30) ? " * i" : "");
    begin_block();
    printf(
        "    struct pair%d e[%d];\n    fill%d(%d, e, key);\n"
        "    for (int i = 1; i < %d; i++) {\n"
        "        e[i].re = e[i].re * e[i - 1].re - e[i].im * e[i - 1].im;\n"
        "        e[i].im = e[i].re * e[i - 1].im + e[i].im;\n"
        "        sum = add_real%s(add_real%s(sum, e[i].re), e[i].im);\n    }\n",
        block, n, block, n, n, s, s);
    end_block();
}

static void print_matrix(void)
{
    int n = 3 + (int)random_below(6);
    const char *t = chance(60) ? "double" : "float";

    begin_block();
    printf("    %s a[%d][%d], b[%d][%d], c[%d][%d];\n", t, n, n, n, n, n, n);
    printf("    for (int i = 0; i < %d; i++)\n        for (int j = 0; j < %d; "
           "j++) {\n"
           "            a[i][j] = make_real(key + i * 9 + j);\n"
           "            b[j][i] = make_real(key ^ (i * 9 + j));\n"
           "            c[i][j] = 0;\n        }\n",
           n, n);
    printf("    for (int i = 0; i < %d; i++)\n        for (int k = 0; k < %d; "
           "k++)\n"
           "            for (int j = 0; j < %d; j++)\n"
           "                c[i][j] += a[i][k] * b[k][j];\n",
           n, n, n);
    printf("    for (int i = 1; i < %d; i++)\n        for (int j = 1; j < %d; "
           "j++)\n"
           "            a[i][j] = (c[i][j] + c[i - 1][j] + c[i][j - 1]) / 3 - "
           "a[i - 1][j];\n"
           "    for (int i = 0; i < %d; i++)\n        for (int j = 0; j < %d; "
           "j++)\n"
           "            sum = add_real(sum, a[i][j] + c[j][i]);\n",
           n, n, n, n);
    end_block();
}

static void print_complex(void)
{
    const char *t = chance(60) ? "double" : "float";

    begin_block();
    printf(
        "    %s _Complex x = make_real(key) + make_real(key + 1) * I, y = x;\n",
        t);
    printf("    for (int i = 0; i < 6; i++) {\n"
           "        y = y * x %c (%s)i;\n        step(&sum);\n"
           "        if (cabs(y) > 100)\n            y = %s;\n    }\n",
           chance(50) ? '+' : '-', t,
           chance(50) ? "conj(y) / (cabs(y) + 1)" : "y / x");
    printf("    sum = add_real(add_real(sum, creal(y)), cimag(y));\n");
    end_block();
}

/* Structs by value -------------------------------------------------------- */

static void print_by_value(void)
{
    int count = 1 + (int)random_below(5);
    enum type types[5];
    char name[24];

    printf("struct value%d {\n", block);
    for (int i = 0; i < count; i++) {
        types[i] = i > 0 && chance(50) ? types[i - 1] : any_type();
        printf("    %s m%d;\n", type_name[types[i]], i);
    }
    printf(
        "};\nstatic NOINLINE struct value%d turn%d(struct value%d a, u64 key, "
        "struct value%d b)\n{\n    u64 sum = 0;\n",
        block, block, block, block);
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "a.m%d", i);
        variable(types[i], name);
        snprintf(name, sizeof(name), "b.m%d", i);
        variable(types[i], name);
    }
    variable(U64, "key");
    statements(0, 3);
    printf("    if (sum & 1)\n        a.m0 = b.m0;\n    return %s;\n}\n",
           chance(50) ? "a" : "key & 1 ? a : b");
    end_scope(0);
    begin_block();
    printf("    struct value%d v, w[3];\n", block);
    for (int i = 0; i < count; i++) {
        printf("    v.m%d = make_%s(key + %d);\n", i,
               is_real(types[i]) ? "real" : "integer", i);
    }
    printf("    w[0] = w[1] = w[2] = v;\n    for (int i = 0; i < 5; i++)\n"
           "        w[i %% 3] = turn%d(w[(i + 1) %% 3], mix(key + i), w[i %% "
           "3]);\n",
           block);
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "w[%d].m%d", (int)random_below(3), i);
        add(types[i], name);
    }
    end_block();
}

static void print_bit_fields(void)
{
    int count = 3 + (int)random_below(5), first = scope();
    char name[24];
    const char *packed = chance(30) ? " __attribute__((packed))" : "";

    printf("struct fields%d {\n", block);
    for (int i = 0; i < count; i++) {
        static const char *const types[] = {
            "unsigned", "int", "u64", "long", "unsigned char", "short"};
        static const int bits[] = {32, 32, 64, 64, 8, 16};
        unsigned int t = random_below(6);
        printf("    %s m%d", types[t], i);
        if (chance(80)) {
            printf(" : %d", 1 + (int)random_below((unsigned)bits[t]));
        }
        printf(";\n");
    }
    printf("}%s;\n", packed);
    begin_block();
    printf("    %sstruct fields%d s;\n    memset((void *)&s, 0, sizeof(s));\n",
           chance(30) ? "volatile " : "", block);
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "(u64)s.m%d", i);
        variable(U64, name);
    }
    variable(U64, "sum");
    for (int i = 0; i < 2 * count; i++) {
        printf("    s.m%d %s (", (int)random_below((unsigned)count),
               chance(70)   ? "="
               : chance(50) ? "^="
                            : "|=");
        expression(U64, 2);
        printf(");\n%s", chance(30) ? "    step(&sum);\n" : "");
    }
    end_scope(first);
    for (int i = 0; i < count; i++) {
        printf("    sum = add(sum, (u64)s.m%d);\n", i);
    }
    end_block();
}

/* Control --------------------------------------------------------------- */

static void print_expressions(void)
{
    begin_block();
    int first = define_locals("x", 4 + (int)random_below(8));
    printf("    for (int turn = 0; turn < 3; turn++) {\n");
    statements(first, 6);
    printf("    }\n");
    add_variables(first);
    end_block();
}

/* A chain of compares that choose constants a small distance apart, or cases of
 * a switch, dense or not, or labels as values. */
static void print_choice(void)
{
    static const unsigned long bases[] = {4294967248ul, 0x123456789a00ul,
                                          0xffffffff80000000ul, 1000};
    unsigned long base = bases[random_below(4)];
    int cases = 4 + (int)random_below(12), form = (int)random_below(3);
    int dense = chance(60);

    begin_block();
    printf("    for (int n = 0; n < 24; n++) {\n"
           "        unsigned c = (unsigned)mix(key + n) %% %d;\n        u64 k "
           "= 5;\n",
           dense ? cases + 2 : 97);
    if (form == 2) {
        printf("        static const void *const to[] = {");
        for (int i = 0; i < cases; i++) {
            printf("&&l%d, ", i);
        }
        printf("};\n        if (c >= %d)\n            continue;\n        goto "
               "*to[c];\n",
               cases);
    } else if (form == 1) {
        printf("        switch (c) {\n");
    }
    for (int i = 0; i < cases; i++) {
        int value = dense ? i : (i * 37 + i * i) % 97;
        unsigned long k = base - random_below(60) * 7;
        if (form == 0) {
            printf(
                "        %sif (c <= %d && c >= %d)\n            k = %luul;\n",
                i ? "else " : "", value + (int)random_below(3), value, k);
            continue;
        }
        if (form == 1 && !dense && i > 0) {
            value = 3 + i * 5;
        }
        printf(form == 1 ? "        case %d: " : "        l%d: ",
               form == 1 ? value : i);
        printf("k %s %luul; %s%s\n", chance(60) ? "=" : "+=", k,
               chance(20) ? "step(&sum); " : "",
               chance(25)  ? ""
               : form == 1 ? "break;"
                           : "goto done;");
    }
    printf("%s", form == 0   ? "        else { step(&sum); continue; }\n"
                 : form == 1 ? "        default: continue;\n        }\n"
                             : "        done:;\n");
    printf("        %ssum = add(sum, c + k);\n    }\n",
           chance(50) ? "step(&sum);\n        " : "");
    end_block();
}

static void print_setjmp(void)
{
    printf("static NOINLINE void deeper%d(jmp_buf *to, int depth, u64 key)\n{\n"
           "    if (depth == 0)\n        longjmp(*to, 1 + (int)(key & 7));\n"
           "    u64 k = mix(key);\n    deeper%d(to, depth - 1, key + 1);\n"
           "    printf(\"back %%lx\\n\", k);\n}\n",
           block, block);
    begin_block();
    int first = define_locals("x", 2 + (int)random_below(5));
    printf(
        "    jmp_buf buffer;\n    volatile int rounds = 0;\n    volatile u64 "
        "seen = 0;\n"
        "    u64 kept = mix(key);\n    int way = setjmp(buffer);\n"
        "    seen = add(seen, way + kept);\n    rounds++;\n"
        "    if (rounds < %d)\n        deeper%d(&buffer, %d, key + rounds);\n",
        2 + (int)random_below(4), block, (int)random_below(4));
    printf("    sum = add(sum, seen);\n");
    add_variables(
        first); /* unchanged since setjmp, so they have their values */
    end_block();
}

static void print_varargs(void)
{
    /* Types that survive the default promotions. */
    static const enum type allowed[] = {U32, U64, I32, I64, F64, FQ, W128};
    int count = 2 + (int)random_below(12);
    enum type types[14];

    printf("static NOINLINE u64 take%d(u64 sum, const char *format, ...)\n{\n"
           "    va_list ap;\n    va_start(ap, format);\n    for (; *format; "
           "format++) {\n"
           "        switch (*format) {\n",
           block);
    for (unsigned i = 0; i < 7; i++) {
        printf("        case '%c': {\n            %s x = va_arg(ap, %s);\n     "
               "   ",
               'a' + (int)allowed[i], type_name[allowed[i]],
               type_name[allowed[i]]);
        add(allowed[i], "x");
        printf("        %s    break;\n        }\n",
               chance(30) ? "    step(&sum);\n        " : "");
    }
    printf("        }\n    }\n    va_end(ap);\n    return sum;\n}\n");
    begin_block();
    define_locals("x", 5);
    printf("    for (int i = 0; i < 3; i++)\n        sum = take%d(sum, \"",
           block);
    for (int i = 0; i < count; i++) {
        types[i] = allowed[random_below(7)];
        printf("%c", 'a' + (int)types[i]);
    }
    printf("\"");
    for (int i = 0; i < count; i++) {
        printf(",\n            ");
        expression(types[i], 1);
    }
    printf(");\n");
    end_scope(0);
    end_block();
}

static void print_vla(void)
{
    enum type type = any_type();

    type = type == I32 ? U32 : type == I64 ? U64 : type; /* may not overflow */
    const char *t = type_name[type];
    printf(
        "static NOINLINE u64 rows%d(int n, int m, %s a[n][m], u64 sum)\n{\n"
        "    for (int i = 0; i < n; i++)\n        for (int j = 0; j < m; j++) "
        "{\n"
        "            a[i][j] = a[(i + 1) %% n][j] + a[i][m - 1 - j];\n        ",
        block, t);
    add(type, "a[i][j]");
    printf("        }\n    return sum;\n}\n");
    begin_block();
    printf(
        "    for (int turn = 1; turn < 4; turn++) {\n"
        "        int n = 1 + (int)(mix(key + turn) & 3), m = turn + %d;\n"
        "        %s a[n][m];\n        char *text = __builtin_alloca(n * m);\n"
        "        memset(text, turn, n * m);\n"
        "        for (int i = 0; i < n * m; i++)\n"
        "            a[i / m][i %% m] = make_%s(key + i) + text[i];\n"
        "        sum = rows%d(n, m, a, sum);\n        step(&sum);\n"
        "        sum = add(sum, text[n * m - 1]);\n    }\n",
        1 + (int)random_below(4), t, is_real(type) ? "real" : "integer", block);
    end_block();
}

static void print_memory(void)
{
    int n = 9 + (int)random_below(90);

    begin_block();
    printf(
        "    char a[%d], b[%d];\n    int order[12];\n"
        "    int at = (int)(mix(key) %% %d), n = (int)(mix(key + 1) %% %d);\n",
        n, n, n / 2, n / 2);
    printf("    for (int i = 0; i < %d; i++)\n        a[i] = (char)(mix(key + "
           "i) | 1);\n"
           "    memset(b, at, sizeof(b));\n    memcpy(b + at, a, n);\n"
           "    memmove(a + at, a, n);\n    a[%d] = b[%d] = 0;\n"
           "    sum = add(sum, strlen(a + at) + (memcmp(a, b, n) > 0));\n",
           n, n - 1, n - 1);
    printf("    for (int i = 0; i < %d; i++)\n        sum = add(sum, a[i] * "
           "256 + b[i]);\n"
           "    for (int i = 0; i < 12; i++)\n        order[i] = "
           "(short)mix(key ^ i);\n"
           "    qsort(order, 12, sizeof(int), compare);\n"
           "    for (int i = 0; i < 12; i++)\n        sum = add(sum, "
           "(unsigned)order[i]);\n",
           n);
    end_block();
}

/* Threads ---------------------------------------------------------------- */

static void print_threads(void)
{
    int threads = 2 + (int)random_below(2), rounds = 3 + (int)random_below(8);

    printf("static struct work%d {\n    u64 key, result;\n} work%d[4];\n"
           "static pthread_mutex_t lock%d = PTHREAD_MUTEX_INITIALIZER;\n"
           "static u64 total%d;\nstatic _Atomic u64 count%d;\nstatic _Atomic "
           "float whole%d;\n"
           "static _Atomic double half%d;\nstatic _Thread_local u64 own%d;\n",
           block, block, block, block, block, block, block, block);
    printf("static void *thread%d(void *argument)\n{\n    struct work%d *work "
           "= argument;\n"
           "    u64 key = work->key, sum = key;\n",
           block, block);
    int first = define_locals("x", 4);
    printf(
        "    for (int i = 0; i < %d; i++) {\n        own%d += mix(key + i);\n",
        rounds, block);
    statements(first, 2);
    printf("        pthread_mutex_lock(&lock%d);\n        total%d += key + i;\n"
           "        pthread_mutex_unlock(&lock%d);\n        "
           "atomic_fetch_add(&count%d, i);\n"
           "        whole%d += 1;\n        half%d -= 0.5;\n    }\n",
           block, block, block, block, block, block);
    add_variables(first);
    end_scope(first);
    printf("    work->result = add(sum, own%d);\n    return %s;\n}\n", block,
           chance(50) ? "NULL" : "(void *)key");
    begin_block();
    printf(
        "    pthread_t id[4];\n    void *back;\n"
        "    for (int i = 0; i < %d; i++) {\n        work%d[i].key = mix(key + "
        "i);\n"
        "        if (pthread_create(&id[i], NULL, thread%d, &work%d[i]) != 0)\n"
        "            exit(3);\n    }\n"
        "    for (int i = 0; i < %d; i++) {\n        pthread_join(id[i], "
        "&back);\n"
        "        sum = add(add(sum, work%d[i].result), (u64)back);\n    }\n",
        threads, block, block, block, threads, block);
    printf("    sum = add(add(sum, total%d), count%d);\n"
           "    sum = add_real(add_real(sum, whole%d), half%d);\n",
           block, block, block, block);
    end_block();
}

/* A floating type has no |, &, ^; C has none of * and / as one atomic operation,
 * so they are loops of compare-and-swap. */
static void print_atomics(void)
{
    static const char *const types[] = {"unsigned char", "short", "unsigned",
                                        "u64",           "float", "double"};
    static const char *const operators[] = {
        "+=", "-=", "*=", "/=", "^=", "|=", "&="};
    unsigned int t = random_below(6);

    begin_block();
    printf("    _Atomic %s a = (%s)%s(key);\n    %s b = 3;\n", types[t],
           types[t], t < 4 ? "mix" : "make_real", types[t]);
    printf("    for (int i = 0; i < 4; i++) {\n");
    for (int i = 0; i < 5; i++) {
        const char *operator= operators[random_below(t < 4 ? 7 : 4)];
        printf("        a %s (%s)(mix(key + i) & 63) + 1;\n", operator,
               types[t]);
        if (chance(40)) {
            printf("        b = atomic_exchange(&a, b);\n");
        } else if (chance(40)) {
            printf(
                "        if (!atomic_compare_exchange_strong(&a, &b, (%s)i))\n"
                "            step(&sum);\n",
                types[t]);
        }
    }
    printf("        sum = add_real(add_real(sum, a), b);\n    }\n");
    end_block();
}

static const struct {
    const char *name;
    void (*print)(void);
    int sets; /* 1: numeric, 2: wide */
} blocks[] = {
    {"loops", print_loops, 3},       {"loops", print_loops, 1},
    {"sincos", print_sincos, 1},     {"matrix", print_matrix, 1},
    {"complex", print_complex, 1},   {"value", print_by_value, 3},
    {"fields", print_bit_fields, 2}, {"expressions", print_expressions, 3},
    {"choice", print_choice, 2},     {"setjmp", print_setjmp, 2},
    {"varargs", print_varargs, 2},   {"vla", print_vla, 3},
    {"memory", print_memory, 2},     {"threads", print_threads, 2},
    {"atomics", print_atomics, 2},
};
#define BLOCK_KINDS ((int)(sizeof(blocks) / sizeof(blocks[0])))

static const char prelude[] =
    "#include <complex.h>\n#include <math.h>\n#include <pthread.h>\n"
    "#include <setjmp.h>\n#include <stdarg.h>\n#include <stdatomic.h>\n"
    "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
    "#define NOINLINE __attribute__((noinline))\n"
    "typedef unsigned long u64;\ntypedef unsigned __int128 u128;\n"
    "static volatile u64 zero;\n"
    "static inline u64 mix(u64 k)\n{\n    k += zero;\n    k ^= k >> 31;\n"
    "    k *= 0x9e3779b97f4a7c15ul;\n    k ^= k >> 29;\n"
    "    k *= 0xbf58476d1ce4e5b9ul;\n    return k ^ k >> 32;\n}\n"
    "static inline u128 make_integer(u64 k)\n"
    "{\n    return mix(k) & 7 ? (u128)mix(k + 1) << 64 | mix(k + 2) >> (mix(k) "
    "& 56)\n"
    "                      : mix(k + 3) & 15;\n}\n"
    "static inline double make_real(u64 k)\n"
    "{\n    return (double)(long)(mix(k) >> 11) * 0x1p-50 - 4;\n}\n"
    "static inline long cut(double x)\n"
    "{\n    return x > -1e15 && x < 1e15 ? (long)x : 77;\n}\n"
    "static inline u64 add(u64 sum, u64 x)\n"
    "{\n    return ((sum ^ x) + 0x9e3779b97f4a7c15ul) * 0x2545f4914f6cdd1dul ^ "
    "sum >> 27;\n}\n"
    "static inline double number(double x) { return x == x ? x : 1; }\n"
    "static inline float numberf(float x) { return x == x ? x : 1; }\n"
    "static inline long double numberl(long double x) { return x == x ? x : 1; "
    "}\n"
    "static inline u64 add_real(u64 sum, double x)\n"
    "{\n    u64 bits = 99;\n    if (x == x)\n        memcpy(&bits, &x, 8);\n"
    "    return add(sum, bits);\n}\n"
    "static inline u64 add_realf(u64 sum, float x)\n"
    "{\n    return add_real(sum, x);\n}\n"
    "static inline u64 add_reall(u64 sum, long double x)\n"
    "{\n    double high = x == x && x < 1e300L && x > -1e300L ? (double)x : "
    "5;\n"
    "    return add_real(add_real(sum, high), x - high);\n}\n"
    "static NOINLINE void step(u64 *sum)\n{\n    *sum = *sum * 3 + zero + "
    "1;\n}\n"
    "__attribute__((unused)) static NOINLINE int compare(const void *a, const "
    "void *b)\n"
    "{\n    int x = *(const int *)a, y = *(const int *)b;\n"
    "    return x < y ? -1 : x > y;\n}\n";

int main(int argc, char **argv)
{
    int chosen[BLOCKS];

    if (argc != 3 || (strcmp(argv[2], "numeric") && strcmp(argv[2], "wide"))) {
        fprintf(stderr, "usage: compute SEED numeric|wide\n");
        return 2;
    }
    wide = strcmp(argv[2], "wide") == 0;
    random_start(strtoull(argv[1], NULL, 10) * 2 + (unsigned)wide + 1);
    printf("/* seed %s, %s */\n%s", argv[1], argv[2], prelude);
    for (int i = 0; i < BLOCKS; i++) {
        do {
            chosen[i] = (int)random_below(BLOCK_KINDS);
        } while (!(blocks[chosen[i]].sets & (wide ? 2 : 1)));
        block = i;
        end_scope(0);
        blocks[chosen[i]].print();
    }
    printf("int main(void)\n{\n    for (u64 key = 1; key < 3; key++) {\n");
    for (int i = 0; i < BLOCKS; i++) {
        printf("        printf(\"%s %d %%lx\\n\", block%d(mix(key)));\n",
               blocks[chosen[i]].name, i, i);
    }
    printf("    }\n    return 0;\n}\n");
    return 0;
}
