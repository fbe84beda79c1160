/* Writes a random C program that checks itself.
 *
 *   generate SEED [FUNCTIONS [FUEL]]
 *
 * The same seed gives the same program. A program has random types (scalars,
 * _Complex, vectors, structs and unions of 0 to about 100 bytes, packed ones,
 * over-aligned ones, nested ones, bit-fields) and functions with random signatures. A value
 * is made from a number by mk<type>() and compared with that number later by
 * eq<type>(): parameters at entry, results after the call, and a random set of
 * locals after each call, so that a value lost or changed anywhere between is
 * noticed. `mix` reads a volatile, so no comparison can be folded away.
 *
 * What a function does between the checks: calls (direct, through pointers,
 * recursive, in loops), variadic calls with calls between two va_arg, va_copy
 * and va_list passed on, setjmp with longjmp from a deeper call, VLAs, alloca,
 * arrays, changes through pointers to locals kept in the heap and in globals,
 * qsort with a callback. FUEL bounds the calls below one call made by main.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MAX_TYPES = 64,
    MAX_FIELDS = 8,
    MAX_PARAMS = 12,
    MAX_LOCALS = 10,
    MAX_FUNCTIONS = 64
};

struct field {
    int type, count, bits; /* count 0: no array; bits 0: no bit-field */
};

struct aggregate {
    int is_union, field_count;
    struct field field[MAX_FIELDS];
};

struct function {
    int result; /* type, -1: void */
    int param_count, param[MAX_PARAMS];
    int key_at, depth_at; /* before which parameter these two come */
    int is_static;
};

struct local {
    int type;
    unsigned long seed; /* its value is mk(key + seed) */
    int escaped;        /* where its address is: 0 nowhere, 1 global, 2 heap */
};

/* C name, and its value made from the number k. */
static const struct {
    const char *name, *value;
    int integer_bits; /* usable as a bit-field of up to so many bits; negative:
                         signed */
} scalars[] = {
    {"signed char", "(signed char)mix(k)", -8},
    {"unsigned char", "(unsigned char)mix(k)", 8},
    {"short", "(short)mix(k)", -16},
    {"unsigned short", "(unsigned short)mix(k)", 16},
    {"int", "(int)mix(k)", -32},
    {"unsigned int", "(unsigned)mix(k)", 32},
    {"long", "(long)mix(k)", -64},
    {"unsigned long", "mix(k)", 64},
    {"long long", "(long long)mix(k)", -64},
    {"__int128", "(__int128)((unsigned __int128)mix(k) << 64 | mix(k + 5))", 0},
    {"unsigned __int128", "(unsigned __int128)mix(k) << 64 | mix(k + 5)", 0},
    {"float", "(float)(int)(mix(k) >> 41)", 0},
    {"double", "(double)(mix(k) >> 12) * 0.125", 0},
    {"long double", "(long double)mix(k) * 0.125L", 0},
    {"_Bool", "(mix(k) & 1) != 0", 1},
    {"float _Complex",
     "__builtin_complex((float)(mix(k) >> 41), "
     "(float)(mix(k + 5) >> 41))",
     0},
    {"double _Complex",
     "__builtin_complex((double)(mix(k) >> 12), "
     "(double)(mix(k + 5) >> 12))",
     0},
    {"long double _Complex",
     "__builtin_complex((long double)mix(k), "
     "(long double)mix(k + 5))",
     0},
    {"char *", "pool + (mix(k) & 1023)", 0},
    {"enum colour", "(enum colour)(mix(k) & 3)", 0},
    {"v4si",
     "(v4si){(int)mix(k), (int)mix(k + 1), (int)mix(k + 2), "
     "(int)mix(k + 3)}",
     0},
    {"v2df", "(v2df){(double)(mix(k) >> 12), (double)(mix(k + 1) >> 12)}", 0},
    {"v4sf",
     "(v4sf){(float)(mix(k) >> 41), (float)(mix(k + 1) >> 41), 1.5f, "
     "(float)(mix(k + 3) >> 41)}",
     0},
    {"v8hi",
     "(v8hi){(short)mix(k), 1, (short)mix(k + 2), 3, "
     "(short)mix(k + 4), 5, (short)mix(k + 6), 7}",
     0},
    {"v2si", "(v2si){(int)mix(k), (int)mix(k + 1)}", 0},
    {"v8si",
     "(v8si){(int)mix(k), 1, 2, (int)mix(k + 3), 4, 5, (int)mix(k + 6), "
     "(int)mix(k + 7)}",
     0},
    {"v2sf", "(v2sf){(float)(mix(k) >> 41), (float)(mix(k + 1) >> 41)}", 0},
    {"v16qi",
     "(v16qi){(signed char)mix(k), 1, 2, (signed char)mix(k + 3), 4, 5, "
     "6, 7, 8, 9, 10, (signed char)mix(k + 11), 12, 13, 14, 15}",
     0},
    {"v8di",
     "(v8di){(long)mix(k), (long)mix(k + 1), 2, 3, (long)mix(k + 4), 5, "
     "6, (long)mix(k + 7)}",
     0},
};
#define SCALARS ((int)(sizeof(scalars) / sizeof(scalars[0])))
#define FIRST_VECTOR (SCALARS - 9)

static struct aggregate aggregates[MAX_TYPES];
static int type_count; /* scalars, then aggregates */
static struct function functions[MAX_FUNCTIONS];
static int function_count = 8;
static int fuel = 14;
static uint64_t state;
static unsigned long next_seed;

static unsigned int random_below(unsigned int n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned int)((state >> 20) % n);
}

static int chance(int percent)
{
    return (int)random_below(100) < percent;
}

static unsigned long new_seed(void)
{
    return next_seed += 977 + 2 * random_below(50);
}

/* Types ---------------------------------------------------------------- */

static void make_aggregate(struct aggregate *a)
{
    static const int hfa[] = {11, 12, 13, 22};

    a->is_union = 0;
    if (chance(6)) { /* empty */
        a->field_count = 0;
        return;
    }
    if (chance(15)) { /* of each size there is */
        a->field_count = 1;
        a->field[0] = (struct field){1, 1 + (int)random_below(40), 0};
        return;
    }
    int homogeneous = chance(25) ? hfa[random_below(4)] : -1;

    a->is_union = chance(12);
    a->field_count = 1 + (int)random_below(homogeneous >= 0 ? 4 : 6);
    for (int i = 0; i < a->field_count; i++) {
        struct field *f = &a->field[i];
        /* Small integers more often, so that small sizes come up. */
        f->type = homogeneous >= 0 ? homogeneous
                  : chance(50)     ? (int)random_below(8)
                                   : (int)random_below((unsigned)type_count);
        f->count = homogeneous < 0 && chance(15) ? 1 + (int)random_below(4) : 0;
        if (f->type < SCALARS && scalars[f->type].integer_bits != 0 &&
            f->count == 0 && chance(30)) {
            f->bits = 1 + (int)random_below(
                              (unsigned)abs(scalars[f->type].integer_bits));
        }
        if (f->type >= SCALARS && f->count > 2) {
            f->count = 2;
        }
    }
}

static void print_field_check(int type, const char *path, int index, int bits)
{
    if (bits != 0 && bits < 64 && scalars[type].integer_bits < 0) {
        printf("    if ((long)x.%s != (long)((u64)mk%d(k + %d) << %d) >> %d) "
               "return 0;\n",
               path, type, index, 64 - bits, 64 - bits);
    } else if (bits != 0 && bits < 64) {
        printf(
            "    if (x.%s != (mk%d(k + %d) & ((1ul << %d) - 1))) return 0;\n",
            path, type, index, bits);
    } else {
        printf("    if (!eq%d(x.%s, k + %d)) return 0;\n", type, path, index);
    }
}

/* A struct without a byte of value. */
static int is_empty(int type)
{
    const struct aggregate *a;

    if (type < SCALARS) {
        return 0;
    }
    a = &aggregates[type - SCALARS];
    if (a->is_union) {
        return 0;
    }
    for (int i = 0; i < a->field_count; i++) {
        if (!is_empty(a->field[i].type)) {
            return 0;
        }
    }
    return 1;
}

static void print_aggregate(int type)
{
    const struct aggregate *a = &aggregates[type - SCALARS];
    int packed = !a->is_union && chance(12);
    int shown = a->is_union ? (int)random_below((unsigned)a->field_count) : -1;
    char path[32];

    printf("typedef %s {\n", a->is_union ? "union" : "struct");
    for (int i = 0; i < a->field_count; i++) {
        const struct field *f = &a->field[i];
        printf("    T%d f%d", f->type, i);
        if (f->count != 0) {
            printf("[%d]", f->count);
        }
        if (f->bits != 0) {
            printf(" : %d", f->bits);
        }
        printf(";\n");
    }
    printf("} %sT%d;\n",
           packed                      ? "__attribute__((packed)) "
           : a->is_union || chance(90) ? ""
           : chance(50)                ? "__attribute__((aligned(32))) "
                                       : "__attribute__((aligned(128))) ",
           type);
    for (int check = 0; check < 2; check++) {
        printf(check ? "INLINE int eq%d(T%d x, u64 k)\n{\n"
                     : "INLINE T%d mk%d(u64 k)\n{\n",
               type, type);
        if (!check && a->is_union && is_empty(a->field[0].type)) {
            /* clang 19 crashes where such a one has an initialiser. */
            printf("    T%d x;\n    __builtin_memset(&x, 0, sizeof x);\n",
                   type);
        } else if (!check) {
            printf("    T%d x = {};\n", type);
        }
        for (int i = 0; i < a->field_count; i++) {
            const struct field *f = &a->field[i];
            if (a->is_union && i != shown) {
                continue;
            }
            for (int e = 0; e < (f->count != 0 ? f->count : 1); e++) {
                snprintf(path, sizeof(path), f->count != 0 ? "f%d[%d]" : "f%d",
                         i, e);
                if (check) {
                    print_field_check(f->type, path, 11 * i + e, f->bits);
                } else {
                    printf("    x.%s = mk%d(k + %d);\n", path, f->type,
                           11 * i + e);
                }
            }
        }
        printf(check ? "    return 1;\n}\n" : "    return x;\n}\n");
    }
}

static void print_types(void)
{
    for (int t = 0; t < SCALARS; t++) {
        printf("typedef %s T%d;\n", scalars[t].name, t);
        printf("INLINE T%d mk%d(u64 k) { return %s; }\n", t, t,
               scalars[t].value);
        if (t >= FIRST_VECTOR) {
            printf("INLINE int eq%d(T%d x, u64 k) { T%d y = mk%d(k); "
                   "return same_vector(&x, &y, sizeof(x)); }\n",
                   t, t, t, t);
        } else {
            printf("INLINE int eq%d(T%d x, u64 k) { return x == mk%d(k); }\n",
                   t, t, t);
        }
    }
    type_count = SCALARS;
    for (int i = 0; i < 12; i++) {
        make_aggregate(&aggregates[i]);
        print_aggregate(type_count);
        type_count++;
    }
    for (int t = 0; t < type_count; t++) {
        printf("static NOINLINE void set%d(T%d *p, u64 k) { *p = mk%d(k); }\n",
               t, t, t);
    }
}

static int any_type(void)
{
    return chance(55) ? (int)random_below((unsigned)SCALARS)
                      : (int)random_below((unsigned)type_count);
}

/* Functions ------------------------------------------------------------ */

static unsigned long param_seed(int f, int i)
{
    return (unsigned long)(f * 64 + i) * 104729 + 1;
}

static void make_function(struct function *f)
{
    f->result = chance(8) ? -1 : any_type();
    f->param_count = (int)random_below(chance(20) ? MAX_PARAMS : 6);
    for (int i = 0; i < f->param_count; i++) {
        f->param[i] = any_type();
    }
    f->key_at = (int)random_below((unsigned)f->param_count + 1);
    f->depth_at = (int)random_below((unsigned)f->param_count + 1);
    f->is_static = chance(70);
}

/* With names: a definition; else a prototype or the type of a pointer. */
static void print_signature(int index, const char *name, int names)
{
    const struct function *f = &functions[index];
    const char *comma = "";

    if (f->result < 0) {
        printf("void %s(", name);
    } else {
        printf("T%d %s(", f->result, name);
    }
    for (int i = 0; i <= f->param_count; i++) {
        if (i == f->key_at) {
            printf("%su64%s", comma, names ? " key" : "");
            comma = ", ";
        }
        if (i == f->depth_at) {
            printf("%sint%s", comma, names ? " depth" : "");
            comma = ", ";
        }
        if (i < f->param_count) {
            printf("%sT%d", comma, f->param[i]);
            comma = ", ";
            if (names) {
                printf(" p%d", i);
            }
        }
    }
    printf(")");
}

/* A checked call of function `index` for the number in the variable `k`. */
static void print_call(int index, const char *k, const char *depth)
{
    const struct function *f = &functions[index];
    const char *comma = "";

    printf("        ");
    if (f->result >= 0) {
        printf("T%d r = ", f->result);
    }
    printf("%s%d(", chance(30) ? "pointer" : "f", index);
    for (int i = 0; i <= f->param_count; i++) {
        if (i == f->key_at) {
            printf("%s%s", comma, k);
            comma = ", ";
        }
        if (i == f->depth_at) {
            printf("%s%s", comma, depth);
            comma = ", ";
        }
        if (i < f->param_count) {
            printf("%smk%d(%s + %luul)", comma, f->param[i], k,
                   param_seed(index, i));
            comma = ", ";
        }
    }
    printf(");\n");
    if (f->result >= 0) {
        printf("        CHECK(eq%d(r, %s + %luul));\n", f->result, k,
               param_seed(index, 63));
    }
}

/* Statements of a function --------------------------------------------- */

static struct local locals[MAX_LOCALS];
static int local_count;

static void print_checks(int percent)
{
    for (int i = 0; i < local_count; i++) {
        if (!chance(percent)) {
            continue;
        }
        if (locals[i].escaped != 0 && chance(50)) {
            printf("    CHECK(eq%d(*e%d, key + %luul));\n", locals[i].type, i,
                   locals[i].seed);
        } else {
            printf("    CHECK(eq%d(l%d, key + %luul));\n", locals[i].type, i,
                   locals[i].seed);
        }
    }
}

static void print_locals(void)
{
    local_count = 1 + (int)random_below(chance(30) ? MAX_LOCALS : 5);
    for (int i = 0; i < local_count; i++) {
        struct local *l = &locals[i];
        l->type = any_type();
        l->seed = new_seed();
        l->escaped = chance(30) ? 1 + (int)random_below(2) : 0;
        printf("    T%d l%d = mk%d(key + %luul);\n", l->type, i, l->type,
               l->seed);
        if (l->escaped == 1) {
            printf("    T%d *e%d = &l%d;\n    escaped = e%d;\n", l->type, i, i,
                   i);
        } else if (l->escaped == 2) {
            printf("    T%d **h%d = box(&l%d), *e%d = *h%d;\n", l->type, i, i,
                   i, i);
        }
    }
}

static void free_boxes(void)
{
    for (int i = 0; i < local_count; i++) {
        if (locals[i].escaped == 2) {
            printf("    CHECK(*h%d == &l%d);\n    free(h%d);\n", i, i, i);
        }
    }
}

static void event_call(int self)
{
    int room = function_count - self - 1;

    printf("    if (fuel > 0) {\n        fuel--;\n");
    printf("        u64 k = mix(key + %luul);\n", new_seed());
    if (room == 0 || chance(20)) {
        printf("        if (depth > 0) {\n");
        print_call(self, "k", "depth - 1");
        printf("        }\n");
    } else {
        print_call(self + 1 + (int)random_below((unsigned)room), "k",
                   chance(50) ? "2" : "depth");
    }
    printf("    }\n");
}

static void event_change(void)
{
    int i = (int)random_below((unsigned)local_count);
    struct local *l = &locals[i];

    l->seed = new_seed();
    if (l->escaped != 0) {
        printf("    set%d(e%d, key + %luul);\n", l->type, i, l->seed);
    } else if (chance(50)) {
        printf("    set%d(&l%d, key + %luul);\n", l->type, i, l->seed);
    } else {
        printf("    l%d = mk%d(key + %luul);\n", i, l->type, l->seed);
    }
}

static void event_loop(int self)
{
    int type = any_type(), room = function_count - self - 1;
    unsigned long seed = new_seed();

    printf("    {\n    int n = 1 + (int)(mix(key) & 3);\n    u64 sum = 0;\n");
    printf("    double total = 0;\n    T%d carried = mk%d(key + %luul);\n",
           type, type, seed);
    printf("    for (int i = 0; i < n; i++) {\n");
    printf("        CHECK(eq%d(carried, key + %luul + (u64)i));\n", type, seed);
    printf("        sum += mix(key + (u64)i);\n");
    printf("        total += (double)(mix(key + (u64)i) >> 20);\n");
    if (room > 0) {
        printf("        if (fuel > 0) {\n        fuel--;\n");
        printf("        u64 k = mix(key ^ (u64)i);\n");
        print_call(self + 1 + (int)random_below((unsigned)room), "k", "1");
        printf("        }\n");
    } else {
        printf("        step((u64)i);\n");
    }
    printf("        carried = mk%d(key + %luul + (u64)i + 1);\n    }\n", type,
           seed);
    printf("    CHECK(eq%d(carried, key + %luul + (u64)n));\n", type, seed);
    printf("    for (int i = 0; i < n; i++) {\n");
    printf("        sum -= mix(key + (u64)i);\n");
    printf("        total -= (double)(mix(key + (u64)i) >> 20);\n    }\n");
    printf("    CHECK(sum == 0 && total == 0);\n    }\n");
}

static void event_setjmp(void)
{
    int value = 1 + (int)random_below(100);

    printf("    {\n    jmp_buf buffer;\n    int way = setjmp(buffer);\n");
    printf("    if (way == 0) {\n        jump(&buffer, %d, %d, key);\n",
           (int)random_below(4), value);
    printf("        CHECK(0);\n    }\n    CHECK(way == %d);\n    }\n", value);
}

static void event_array(void)
{
    int type = any_type(), dynamic = (int)random_below(3);
    unsigned long seed = new_seed();

    printf("    {\n    int n = 2 + (int)(mix(key + 3) & 3);\n");
    if (dynamic == 0) {
        printf("    T%d a[5];\n", type);
    } else if (dynamic == 1) {
        printf("    T%d a[n];\n", type);
    } else {
        printf("    T%d *a = __builtin_alloca_with_align((unsigned)n * "
               "sizeof(T%d), 8 * _Alignof(T%d));\n",
               type, type, type);
    }
    printf("    T%d *last = &a[n - 1];\n", type);
    printf("    for (int i = 0; i < n; i++)\n");
    printf("        set%d(&a[i], key + %luul + (u64)i);\n", type, seed);
    printf("    CHECK(eq%d(*last, key + %luul + (u64)n - 1));\n", type, seed);
    printf("    for (int i = n - 1; i >= 0; i--) {\n");
    printf("        step((u64)i);\n");
    printf("        CHECK(eq%d(a[i], key + %luul + (u64)i));\n    }\n    }\n",
           type, seed);
}

/* A type that survives the default argument promotions. */
static int variadic_type(void)
{
    int type;

    do {
        type = any_type();
    } while (type < 4 || type == 11 || type == 14 || type == 19);
    return type;
}

static void event_sort(void)
{
    printf("    {\n    int a[6];\n    for (int i = 0; i < 6; i++)\n");
    printf("        a[i] = (int)(mix(key + (u64)i) & 0xffff);\n");
    printf("    qsort(a, 6, sizeof(int), compare);\n");
    printf("    for (int i = 1; i < 6; i++)\n");
    printf("        CHECK(a[i - 1] <= a[i]);\n    }\n");
}

enum { VARIADICS = 5, MAX_ARGUMENTS = 12 };
static int variadic_count[VARIADICS];
static int variadic_param[VARIADICS][MAX_ARGUMENTS];

/* Not for the judge: on x86-64 clang passes some of these wrongly (README.md), and a
 * _Bool that is no _Bool, or an address that is none, is undefined. */
static void event_variadic(void)
{
    int v = (int)random_below(VARIADICS);

    printf("#ifndef JUDGE\n    {\n    u64 k = mix(key + %luul);\n    "
           "CHECK(variadic%d(k",
           new_seed(), v);
    for (int i = 0; i < variadic_count[v]; i++) {
        printf(", mk%d(k + %d)", variadic_param[v][i], 100 * i);
    }
    printf(") == mix(k + 7));\n    }\n#endif\n");
}

static void print_variadic(int v)
{
    int n = 1 + (int)random_below(MAX_ARGUMENTS), copied = -1;

    variadic_count[v] = n;
    for (int i = 0; i < n; i++) {
        variadic_param[v][i] = variadic_type();
    }
    /* The tail of the list is read again by a callee. */
    int tail = (int)random_below((unsigned)n);
    printf("static NOINLINE void tail%d(va_list ap, u64 k)\n{\n", v);
    for (int i = tail; i < n; i++) {
        int t = variadic_param[v][i];
        printf("    { T%d x = va_arg(ap, T%d); step(k); "
               "CHECK(eq%d(x, k + %d)); }\n",
               t, t, t, 100 * i);
    }
    printf("}\nstatic NOINLINE u64 variadic%d(u64 k, ...)\n{\n", v);
    printf("    va_list ap, ap2;\n    va_start(ap, k);\n");
    for (int i = 0; i < n; i++) {
        int t = variadic_param[v][i];
        if (i == tail) {
            printf("    va_copy(ap2, ap);\n    step(k);\n");
            copied = i;
        }
        printf("    T%d x%d = va_arg(ap, T%d);\n", t, i, t);
        if (chance(40)) {
            printf("    step(k);\n");
        }
    }
    if (copied >= 0) {
        printf("    tail%d(ap2, k);\n    va_end(ap2);\n", v);
    }
    printf("    va_end(ap);\n");
    for (int i = 0; i < n; i++) {
        printf("    CHECK(eq%d(x%d, k + %d));\n", variadic_param[v][i], i,
               100 * i);
    }
    printf("    return mix(k + 7);\n}\n");
}

static void print_function(int index)
{
    const struct function *f = &functions[index];
    char name[16];
    int events = 2 + (int)random_below(4);

    snprintf(name, sizeof(name), "f%d", index);
    printf("%sNOINLINE ", f->is_static ? "static " : "");
    print_signature(index, name, 1);
    printf("\n{\n");
    for (int i = 0; i < f->param_count; i++) {
        printf("    CHECK(eq%d(p%d, key + %luul));\n", f->param[i], i,
               param_seed(index, i));
    }
    print_locals();
    for (int e = 0; e < events; e++) {
        switch (random_below(12)) {
        case 0:
            event_loop(index);
            break;
        case 1:
            event_setjmp();
            break;
        case 2:
            event_array();
            break;
        case 3:
            event_sort();
            break;
        case 4:
        case 5:
            event_variadic();
            break;
        case 6:
        case 7:
            event_change();
            break;
        default:
            event_call(index);
            break;
        }
        print_checks(60);
    }
    /* Parameters live to the end. */
    for (int i = 0; i < f->param_count; i++) {
        if (chance(50)) {
            printf("    CHECK(eq%d(p%d, key + %luul));\n", f->param[i], i,
                   param_seed(index, i));
        }
    }
    free_boxes();
    if (f->result >= 0) {
        printf("    return mk%d(key + %luul);\n", f->result,
               param_seed(index, 63));
    }
    printf("}\n");
}

static const char prelude[] =
    "#include <setjmp.h>\n#include <stdarg.h>\n#include <stdio.h>\n"
    "#include <stdlib.h>\n#include <string.h>\n"
    "#define NOINLINE __attribute__((noinline))\n"
    "#define INLINE static inline __attribute__((always_inline, unused))\n"
    "#define CHECK(c) do { if (!(c)) fail(__LINE__, #c); } while (0)\n"
    "typedef unsigned long u64;\n"
    "typedef int v4si __attribute__((vector_size(16)));\n"
    "typedef double v2df __attribute__((vector_size(16)));\n"
    "typedef float v4sf __attribute__((vector_size(16)));\n"
    "typedef short v8hi __attribute__((vector_size(16)));\n"
    "enum colour { RED, GREEN, BLUE, GREY };\n"
    "static char pool[1024];\n"
    "static volatile u64 zero;\n"
    "static volatile int fuel;\n"
    "void *volatile escaped;\n"
    "static NOINLINE _Noreturn void fail(int line, const char *what)\n"
    "{\n    printf(\"line %d: %s\\n\", line, what);\n    exit(1);\n}\n"
    "INLINE u64 mix(u64 k)\n{\n    k += zero;\n    k ^= k >> 31;\n"
    "    k *= 0x9e3779b97f4a7c15ul;\n    k ^= k >> 29;\n"
    "    k *= 0xbf58476d1ce4e5b9ul;\n    return k ^ k >> 32;\n}\n"
    "typedef int v2si __attribute__((vector_size(8)));\n"
    "typedef int v8si __attribute__((vector_size(32)));\n"
    "typedef float v2sf __attribute__((vector_size(8)));\n"
    "typedef signed char v16qi __attribute__((vector_size(16)));\n"
    "typedef long v8di __attribute__((vector_size(64)));\n"
    "INLINE int same_vector(const void *a, const void *b, unsigned long size)\n"
    "{\n    u64 x[8] = {0}, y[8] = {0};\n    memcpy(x, a, size);\n"
    "    memcpy(y, b, size);\n"
    "    return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3] "
    "&&\n"
    "           x[4] == y[4] && x[5] == y[5] && x[6] == y[6] && x[7] == y[7];\n"
    "}\n"
    "static NOINLINE void *box(void *p)\n"
    "{\n    void **b = malloc(sizeof(void *));\n    *b = p;\n    return b;\n}\n"
    "static NOINLINE void step(u64 k)\n{\n    pool[k & 1023]++;\n}\n"
    "static NOINLINE void jump(jmp_buf *b, int depth, int value, u64 key)\n"
    "{\n    u64 k = mix(key);\n    if (depth == 0)\n"
    "        longjmp(*b, value);\n    jump(b, depth - 1, value, key);\n"
    "    CHECK(k == mix(key));\n}\n"
    "static NOINLINE int compare(const void *a, const void *b)\n"
    "{\n    int x = *(const int *)a, y = *(const int *)b;\n"
    "    return x < y ? -1 : x > y;\n}\n";

int main(int argc, char **argv)
{
    char name[40];

    if (argc < 2) {
        fprintf(stderr, "usage: generate SEED [FUNCTIONS [FUEL]]\n");
        return 2;
    }
    state =
        strtoull(argv[1], NULL, 10) * 0x9e3779b97f4a7c15u + 88172645463325252u;
    if (state == 0) {
        state = 1;
    }
    for (int i = 0; i < 20; i++) {
        random_below(2);
    }
    function_count = argc > 2 ? atoi(argv[2]) : function_count;
    fuel = argc > 3 ? atoi(argv[3]) : fuel;
    if (function_count < 1 || function_count > MAX_FUNCTIONS || fuel < 0) {
        fprintf(stderr, "generate: 1 to %d functions\n", MAX_FUNCTIONS);
        return 2;
    }
    /* Names of its own: programs are linked into one. */
    printf("/* seed %s */\n#define escaped escaped_%s\n%s", argv[1], argv[1],
           prelude);
    print_types();
    for (int i = 0; i < function_count; i++) {
        make_function(&functions[i]);
        snprintf(name, sizeof(name), "f%d", i);
        printf("#define %s %s_%s\n", name, name, argv[1]);
        printf("%sNOINLINE ", functions[i].is_static ? "static " : "");
        print_signature(i, name, 0);
        printf(";\nstatic ");
        snprintf(name, sizeof(name), "(*volatile pointer%d)", i);
        print_signature(i, name, 0);
        printf(" = f%d;\n", i);
    }
    for (int v = 0; v < VARIADICS; v++) {
        print_variadic(v);
    }
    for (int i = 0; i < function_count; i++) {
        print_function(i);
    }
    printf("int main(void)\n{\n    u64 key = 42;\n    int depth = 2;\n");
    printf("    (void)depth;\n");
    for (int i = 0; i < function_count; i++) {
        printf("    {\n        u64 k = mix(key + %luul);\n        fuel = %d;\n",
               new_seed(), fuel);
        print_call(i, "k", "depth");
        printf("    }\n");
    }
    printf("    return 0;\n}\n");
    return 0;
}
