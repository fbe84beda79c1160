/* Random expressions and statements over typed variables (expression.h). */
#include "expression.h"

#include <stdio.h>
#include <string.h>

enum { MAX_VARIABLES = 48 };

const char *const type_name[] = {"unsigned", "u64",    "int",         "long",
                                 "float",    "double", "long double", "u128"};
int wide;

static struct {
    enum type type;
    char name[24];
} variables[MAX_VARIABLES];
static int variable_count;
static uint64_t state;

void random_start(uint64_t seed)
{
    state = seed * 0x9e3779b97f4a7c15u;
    for (int i = 0; i < 20; i++) {
        random_below(2);
    }
}

unsigned int random_below(unsigned int n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned int)((state >> 20) % n);
}

int chance(int percent)
{
    return (int)random_below(100) < percent;
}

int scope(void)
{
    return variable_count;
}

void end_scope(int first)
{
    variable_count = first;
}

void variable(enum type type, const char *name)
{
    if (variable_count < MAX_VARIABLES) {
        variables[variable_count].type = type;
        snprintf(variables[variable_count].name, sizeof(variables[0].name),
                 "%s", name);
        variable_count++;
    }
}

enum type any_integer(void)
{
    return (enum type)random_below(4);
}

enum type any_real(void)
{
    return wide && chance(40) ? FQ : chance(35) ? F32 : F64;
}

enum type any_type(void)
{
    return wide && chance(20) ? W128 : chance(50) ? any_integer() : any_real();
}

int is_real(enum type type)
{
    return type == F32 || type == F64 || type == FQ;
}

const char *suffix(enum type type)
{
    return type == F32 ? "f" : type == FQ ? "l" : "";
}

static void leaf(enum type type)
{
    static const char *const reals[] = {"0.5",  "1.5",          "-2.25", "3e10",
                                        "1e-3", "0x1.fffffep3", "-7.0",  "0.1"};
    static const unsigned long bases[] = {
        0, 0xffffffd0ul, 0x80000000ul, 0x7fffffff, 0x123456789abcul, ~0ul};
    int tries = 6;

    while (tries-- > 0 && variable_count > 0) {
        int i = (int)random_below((unsigned)variable_count);
        if (variables[i].type == type) {
            printf("%s", variables[i].name);
            return;
        }
    }
    if (is_real(type)) {
        printf("(%s)%s", type_name[type], reals[random_below(8)]);
    } else {
        printf("(%s)%luul", type_name[type],
               bases[random_below(6)] + random_below(64));
    }
}

static void convert(enum type type, int depth)
{
    enum type from = any_type();

    if (is_real(from) && !is_real(type)) {
        printf("(%s)cut(", type_name[type]);
    } else {
        printf("(%s)(", type_name[type]);
    }
    expression(from, depth - 1);
    printf(")");
}

static void binary(enum type type, const char *operator, int depth)
{
    printf("(");
    expression(type, depth - 1);
    printf(" %s ", operator);
    expression(type, depth - 1);
    printf(")");
}

void condition(int depth)
{
    static const char *const compares[] = {"<", "<=", "==", "!=", ">", ">="};

    binary(any_type(), compares[random_below(6)], depth);
}

static void integer(enum type type, int depth)
{
    static const char *const operators[] = {"+", "-", "*", "&", "|", "^"};
    enum type computed = type == I32 ? U32 : type == I64 ? U64 : type;

    printf("(%s)(", type_name[type]);
    switch (random_below(8)) {
    case 0: /* shift */
        expression(type, depth - 1);
        printf(chance(50) ? " >> (" : " * 1u >> (");
        expression(U32, depth - 1);
        printf(" & 31)");
        break;
    case 1:
        expression(computed, depth - 1);
        printf(" << (");
        expression(U32, depth - 1);
        printf(" & %d)", type == U32 || type == I32 ? 31 : 63);
        break;
    case 2:
        expression(type, depth - 1);
        printf(chance(50) ? " / (" : " %% (");
        printf("(%s)(", type_name[type]);
        expression(U32, depth - 1);
        printf(" & 1023) + 1)");
        break;
    default:
        binary(computed, operators[random_below(6)], depth);
        break;
    }
    printf(")");
}

static void real(enum type type, int depth)
{
    static const char *const operators[] = {"+", "-", "*", "/", "+", "*"};
    static const char *const exact[] = {"fabs",  "floor", "ceil",
                                        "trunc", "rint",  "round"};
    static const char *const rounding[] = {"sin",  "cos",   "atan",  "tanh",
                                           "cbrt", "expm1", "asinh", "erf"};
    const char *s = suffix(type);

    switch (random_below(wide ? 11 : 15)) {
    case 0:
        printf("%s%s(", exact[random_below(6)], s);
        expression(type, depth - 1);
        printf(")");
        return;
    case 1:
        printf("sqrt%s(fabs%s(", s, s);
        break;
    case 2:
        printf("(0.0f + fm%s%s(", chance(50) ? "in" : "ax", s);
        expression(type, depth - 1);
        printf(", ");
        break;
    case 3:
        printf("(copysign%s(", s);
        expression(type, depth - 1);
        printf(", number%s(", s);
        expression(type, depth - 1);
        printf(")))");
        return;
    case 4:
        printf("(fma%s(", s);
        expression(type, depth - 1);
        printf(", ");
        expression(type, depth - 1);
        printf(", ");
        break;
    case 11:
        printf("%s%s((", rounding[random_below(8)], s);
        break;
    case 12:
        printf("exp%s%s(-fabs%s(", chance(50) ? "" : "2", s, s);
        break;
    case 13:
        printf("log%s%s(1 + fabs%s(",
               chance(50)   ? ""
               : chance(50) ? "2"
                            : "10",
               s, s);
        break;
    case 14:
        printf("%s%s(fabs%s(",
               chance(50)   ? "pow"
               : chance(50) ? "hypot"
                            : "atan2",
               s, s);
        expression(type, depth - 1);
        printf("), (");
        break;
    default:
        binary(type, operators[random_below(6)], depth);
        return;
    }
    expression(type, depth - 1);
    printf("))");
}

void expression(enum type type, int depth)
{
    if (depth <= 0 || chance(15)) {
        leaf(type);
    } else if (chance(12)) {
        convert(type, depth);
    } else if (chance(10)) {
        printf("(");
        condition(depth - 1);
        printf(" ? ");
        expression(type, depth - 1);
        printf(" : ");
        expression(type, depth - 1);
        printf(")");
    } else if (is_real(type)) {
        real(type, depth);
    } else {
        integer(type, depth);
    }
}

/* Adds a value of the type to the checksum. */
void add(enum type type, const char *value)
{
    if (is_real(type)) {
        printf("    sum = add_real%s(sum, %s);\n", suffix(type), value);
    } else if (type == W128) {
        printf("    sum = add(add(sum, (u64)(%s)), (u64)(%s >> 64));\n", value,
               value);
    } else {
        printf("    sum = add(sum, (u64)(%s));\n", value);
    }
}

/* `count` locals of random types, each from the key, and from those before. */
int define_locals(const char *prefix, int count)
{
    char name[24];
    int first = variable_count;

    for (int i = 0; i < count; i++) {
        enum type type = any_type();
        snprintf(name, sizeof(name), "%s%d", prefix, i);
        printf("    %s %s = make_%s(key + %u);\n", type_name[type], name,
               is_real(type) ? "real" : "integer", random_below(1000));
        variable(type, name);
    }
    return first;
}

void add_variables(int first)
{
    for (int i = first; i < variable_count; i++) {
        add(variables[i].type, variables[i].name);
    }
}

/* Assigns to random variables; calls between, so that they are live across. */
void statements(int first, int count)
{
    for (int i = 0; i < count && variable_count > first; i++) {
        int v = first + (int)random_below((unsigned)(variable_count - first));
        if (chance(25)) {
            printf("    step(&sum);\n");
        }
        if (chance(20)) {
            printf("    if (");
            condition(DEPTH - 1);
            printf(")\n    ");
        }
        printf("    %s = ", variables[v].name);
        expression(variables[v].type, DEPTH);
        printf(";\n");
    }
}
