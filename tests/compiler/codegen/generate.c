/* generate SEED: prints a random C program for the code generators.
 *
 * Many values of all kinds (integers of each width, double, pointers into
 * tables, __int128) live across calls that may migrate, in loops, switches and
 * on paths where some are not set; functions with more arguments than
 * registers; the same constants and addresses on both sides of calls.  Defined
 * behaviour only: arithmetic is unsigned, conversions stay in range.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { VALUES = 14, FUNCTIONS = 6, DEPTH = 3 };

static uint64_t state;

static unsigned pick(unsigned limit)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % limit;
}

static const char *const types[] = {"u64",  "u32",    "u16", "u8",
                                    "i128", "double", "u64"};

static unsigned type_of(unsigned value)
{
    return value % (sizeof(types) / sizeof(types[0]));
}

/* An expression of type u64 from value v. */
static void read_value(unsigned v)
{
    if (type_of(v) == 5) {
        printf("bits(v%u)", v);
    } else if (type_of(v) == 4) {
        printf("(u64)(v%u ^ v%u >> 64)", v, v);
    } else {
        printf("(u64)v%u", v);
    }
}

static void expression(void)
{
    static const char *const ops[] = {"+", "-", "*", "^", "&", "|"};
    static const char *const constants[] = {
        "0x123456789abcdefUL",  "7",  "0xffffffffUL", "(u64)sizeof(table)",
        "0x8000000000000001UL", "255"};
    read_value(pick(VALUES));
    for (unsigned n = pick(3); n != 0; n--) {
        printf(" %s ", ops[pick(6)]);
        switch (pick(4)) {
        case 0:
            printf("%s", constants[pick(6)]);
            break;
        case 1:
            printf("table[(");
            read_value(pick(VALUES));
            printf(") %% 61]");
            break;
        case 2:
            printf("*at(%u)", pick(61));
            break;
        default:
            read_value(pick(VALUES));
            break;
        }
    }
}

static void assign(unsigned indent)
{
    unsigned v = pick(VALUES);
    printf("%*sv%u = ", (int)indent, "", v);
    if (type_of(v) == 5) {
        printf("(double)(i64)((");
        expression();
        printf(") >> 12) * 1.25 + 3.5");
    } else if (type_of(v) == 4) {
        printf("(i128)(");
        expression();
        printf(") * 0x10001UL + v%u", v);
    } else {
        expression();
    }
    printf(";\n");
}

static void call(unsigned indent, unsigned self)
{
    unsigned v = 7 * pick(VALUES / 7); /* a u64 */
    printf("%*sif (depth > 0) { v%u ^= f%u(depth - 1", (int)indent, "", v,
           self + 1 < FUNCTIONS ? self + 1 + pick(FUNCTIONS - self - 1)
                                : pick(FUNCTIONS));
    for (int n = 0; n < 11; n++) {
        printf(", ");
        expression();
    }
    printf("); }\n");
}

static void block(unsigned indent, unsigned depth, unsigned self)
{
    for (unsigned n = 2 + pick(3); n != 0; n--) {
        switch (depth == 0 ? pick(2) : pick(6)) {
        case 0:
            assign(indent);
            break;
        case 1:
            call(indent, self);
            break;
        case 2:
            printf("%*sfor (u32 i%u = 0; i%u < %uu; i%u++) {\n", (int)indent,
                   "", depth, depth, 1 + pick(5), depth);
            block(indent + 4, depth - 1, self);
            printf("%*s}\n", (int)indent, "");
            break;
        case 3:
            printf("%*sswitch ((", (int)indent, "");
            expression();
            printf(") %% 5) {\n");
            for (unsigned c = 0; c < 4; c++) {
                printf("%*scase %u: {\n", (int)indent, "", c);
                block(indent + 4, depth - 1, self);
                printf("%*s%s }\n", (int)indent + 4, "",
                       pick(4) ? "break;" : "/* falls through */;");
            }
            printf("%*sdefault: break; }\n", (int)indent, "");
            break;
        case 4: /* set on one path, read on the same only */
            printf("%*s{ u64 maybe; int set = 0;\n", (int)indent, "");
            printf("%*sfor (u32 k = 0; k < 3; k++) {\n", (int)indent, "");
            printf("%*sif (set) { v0 += maybe; }\n", (int)indent + 4, "");
            call(indent + 4, self);
            printf("%*sif (k == %uu) { maybe = ", (int)indent + 4, "", pick(3));
            expression();
            printf("; set = 1; } } }\n");
            break;
        default:
            printf("%*sif ((", (int)indent, "");
            expression();
            printf(") %% 3 == 1) {\n");
            block(indent + 4, depth - 1, self);
            printf("%*s} else {\n", (int)indent, "");
            block(indent + 4, depth - 1, self);
            printf("%*s}\n", (int)indent, "");
            break;
        }
    }
}

static void function(unsigned self)
{
    printf("__attribute__((noinline)) u64 f%u(int depth", self);
    for (int n = 0; n < 11; n++) {
        printf(", u64 a%d", n);
    }
    printf(")\n{\n    if (fuel-- < 0) { return a10; }\n");
    for (unsigned v = 0; v < VALUES; v++) {
        printf("    %s v%u = (%s)(a%u %s);\n", types[type_of(v)], v,
               types[type_of(v)], v % 11, type_of(v) == 5 ? ">> 13" : "+ 1");
    }
    block(4, DEPTH, self);
    printf("    u64 result = a9;\n");
    for (unsigned v = 0; v < VALUES; v++) {
        printf("    result = result * 31 + ");
        read_value(v);
        printf(";\n");
    }
    printf("    return result;\n}\n");
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: generate SEED\n");
        return 2;
    }
    state = strtoull(argv[1], NULL, 10) * 2654435761u + 1;
    printf("typedef unsigned char u8; typedef unsigned short u16;\n"
           "typedef unsigned u32; typedef unsigned long u64;\n"
           "typedef long i64; typedef unsigned __int128 i128;\n"
           "static u64 table[61]; static long fuel = 20000;\n"
           "static u64 *at(u32 n) { return &table[n]; }\n"
           "static u64 bits(double d)\n"
           "{ u64 r; __builtin_memcpy(&r, &d, 8); return r; }\n");
    for (unsigned self = 0; self < FUNCTIONS; self++) {
        printf("u64 f%u(int", self);
        for (int n = 0; n < 11; n++) {
            printf(", u64");
        }
        printf(");\n");
    }
    for (unsigned self = 0; self < FUNCTIONS; self++) {
        function(self);
    }
    printf("u64 test(void)\n{\n"
           "    for (u32 n = 0; n < 61; n++) { table[n] = n * 77777771UL; }\n"
           "    return f0(3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);\n}\n");
    return 0;
}
