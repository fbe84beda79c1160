#!/usr/bin/env python3
"""A random C++ program that throws: random_program.py SEED

Functions call each other downwards and throw from anywhere; each has values of many types that
live over calls and into landings, objects with destructors, loops, handlers of several kinds, some
of which throw again or something else. Everything is printed; main returns how many objects are
left, which must be 0.
"""
import random
import sys

PRELUDE = """\
#include <cstdio>
typedef int Four __attribute__((vector_size(16)));
typedef double Two __attribute__((vector_size(16)));
static long cells[8], alive;
struct Base { long key = 0; virtual ~Base() {} };
struct Middle : virtual Base { };
struct Side { long pad = 1; virtual ~Side() {} };
struct Both : Side, Middle { };
struct Object {
    long value;
    Object(long value) : value(value) { alive++; }
    Object(const Object &other) : value(other.value ^ 1) { alive++; }
    ~Object() { alive--; printf(" %ld", -value); }
};
struct Catching { // a destructor that throws and catches
    long value;
    ~Catching();
};
static volatile long zero;
#define NOINLINE __attribute__((noinline))
static inline long fold(int x) { return x; }
static inline long fold(long x) { return x; }
static inline long fold(double x) { return (long)(x * 16); }
static inline long fold(float x) { return (long)(x * 16); }
static inline long fold(char x) { return x; }
static inline long fold(unsigned short x) { return x; }
static inline long fold(bool x) { return x; }
static inline long fold(__int128 x) { return (long)x ^ (long)(x >> 64); }
static inline long fold(Four x) { return x[0] + 3 * x[1] + 5 * x[2] + 7 * x[3]; }
static inline long fold(Two x) { return (long)(x[0] * 4 + x[1]); }
static inline long fold(long *x) { return x - cells; }
NOINLINE static long thrower(long k)
{
    switch (k & 15) {
    case 1: throw (int)k;
    case 2: { Both b; b.key = k; throw b; }
    case 3: throw 1.5;
    case 4: throw k;
    case 5: { Middle m; m.key = 5; throw m; }
    case 6: throw (const char *)"text";
    case 7: throw Object(k);
    }
    return k + 1 + zero;
}
Catching::~Catching()
{
    try {
        Object object(value);
        thrower(value);
    } catch (Base &b) {
        printf(" <%ld>", b.key);
    } catch (...) {
        printf(" <>");
    }
}
"""

MAKE = {
    "int": "(int)({0})",
    "long": "({0})",
    "double": "(double)(({0}) & 0xffff) / 8",
    "float": "(float)(({0}) & 0xff) / 4",
    "char": "(char)({0})",
    "unsigned short": "(unsigned short)({0})",
    "bool": "((({0}) & 1) != 0)",
    "__int128": "((__int128)({0}) << 40) + 3",
    "Four": "Four{{(int)({0}), 2, (int)({0}) & 7, 4}}",
    "Two": "Two{{(double)(({0}) & 255), 2.5}}",
    "long *": "&cells[({0}) & 7]",
}
HANDLERS = ["int e", "Base &e", "const Side &e", "double e", "long e", "Middle &e", "Object e",
            "const char *e"]


class Function:
    def __init__(self, r, number):
        self.r, self.number, self.names, self.count, self.lines = r, number, [], 0, []

    def fresh(self):
        self.count += 1
        return f"v{self.count}"

    def line(self, indent, text):
        self.lines.append(" " * indent + text)

    def expression(self):
        r = self.r
        choices = [f"k + {r.randint(0, 9)}", f"k * 3 + {r.randint(0, 9)}", "sum & 15", "k"]
        choices += [f"fold({r.choice(self.names)[1]})" for _ in range(2) if self.names]
        return r.choice(choices)

    def call(self):
        if self.number and self.r.random() < 0.6:
            return f"f{self.r.randrange(self.number)}({self.expression()})"
        return f"thrower({self.expression()})"

    def declare(self, indent):
        kind, name = self.r.choice(list(MAKE)), self.fresh()
        self.line(indent, f"{kind} {name} = {MAKE[kind].format(self.expression())};")
        self.names.append((kind, name))

    def handlers(self, depth, indent):
        r = self.r
        for handler in r.sample(HANDLERS, r.randint(1, 3)):
            known = len(self.names)
            self.line(indent, f"}} catch ({handler}) {{")
            self.line(indent + 2, f'printf(" {handler[0]}"); sum ^= {self.expression()};')
            if handler.startswith(("Base", "Middle")):
                self.line(indent + 2, "k += e.key; e.key++;")
            if r.random() < 0.4:
                self.statements(depth + 1, indent + 2)
            if r.random() < 0.2:
                self.line(indent + 2, r.choice(["throw;", "throw sum & 7;", f"sum += {self.call()};"]))
            del self.names[known:]
        if r.random() < 0.6:
            self.line(indent, f"}} catch (...) {{ sum += {self.expression()};")
        self.line(indent, "}")

    def statement(self, depth, indent):
        r, what = self.r, self.r.random()
        known = len(self.names)
        if what < 0.3:
            self.declare(indent)
        elif what < 0.45:
            self.line(indent, f"sum += {self.call()};")
        elif what < 0.55 and self.names:
            kind, name = r.choice(self.names)
            self.line(indent, f"{name} = {MAKE[kind].format(self.expression())};")
        elif what < 0.62:
            self.line(indent, f"Object {self.fresh()}({self.expression()});")
        elif what < 0.65:
            self.line(indent, f"Catching {self.fresh()}{{{self.expression()}}};")
        elif what < 0.68:
            name = self.fresh()
            self.line(indent, f"long {name}[(k & 3) + 1]; {name}[k & 3] = {self.expression()};")
            self.line(indent, f"cells[{r.randrange(8)}] += {name}[k & 3];")
        elif what < 0.8 and depth < 3:
            name = self.fresh()
            self.line(indent, f"for (long {name} = 0; {name} < {r.randint(2, 4)}; {name}++) {{")
            self.line(indent + 2, f"k += {name};")
            self.statements(depth + 1, indent + 2)
            self.line(indent, "}")
            del self.names[known:]
        elif depth < 3:
            self.line(indent, "try {")
            self.statements(depth + 1, indent + 2)
            self.line(indent + 2, f"sum += {self.call()};")
            del self.names[known:]
            self.handlers(depth, indent)

    def statements(self, depth, indent):
        for _ in range(self.r.randint(2, 4)):
            self.statement(depth, indent)

    def text(self):
        for _ in range(self.r.randint(2, 6)):
            self.declare(4)
        self.statements(0, 4)
        folded = "".join(f" + fold({name})" for _, name in self.names)
        return (f"NOINLINE static long f{self.number}(long k)\n{{\n    long sum = k;\n"
                + "\n".join(self.lines)
                + f'\n    sum = sum * 31{folded};\n    printf(" %ld", sum);\n'
                + "    return sum & 0xffff;\n}\n")


def main():
    r = random.Random(int(sys.argv[1]))
    count = r.randint(3, 6)
    print(PRELUDE)
    for number in range(count):
        print(Function(r, number).text())
    print("int main()\n{\n    for (long k = 0; k < 16; k++) {")
    for number in range(count):
        print(f'        try {{ printf(" =%ld", f{number}(k)); }} catch (...) {{ printf(" !"); }}')
    print('        printf(" %ld\\n", alive);\n    }\n    return alive != 0;\n}')


main()
