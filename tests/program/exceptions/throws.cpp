// What the language says of a throw: which handler, in which order destructors run, what
// a handler sees of the function's values; values of all kinds are live into landings.
#include <cstdio>
#include <stdexcept>
#include <typeinfo>

#define NOINLINE __attribute__((noinline))

struct Base {
  int a;
  explicit Base(int a) : a(a) {}
  virtual ~Base() {}
  virtual int id() const { return a; }
};
struct Side {
  long side = 7;
  virtual ~Side() {}
};
struct Derived : Side, Base {
  int b;
  Derived(int a, int b) : Base(a), b(b) {}
  int id() const override { return a * 100 + b; }
};
struct Virtual : virtual Base {
  Virtual() : Base(31) {}
};

static int alive;
struct Guard {
  const char *name;
  long value;
  Guard(const char *name, long value) : name(name), value(value) { alive++; }
  Guard(const Guard &other) : name(other.name), value(other.value + 1000) {
    alive++;
  }
  ~Guard() {
    alive--;
    printf(" ~%s %ld", name, value);
  }
};

static volatile long zero;

NOINLINE static long thrower(long kind) {
  switch (kind) {
  case 1:
    throw 42;
  case 2:
    throw Derived(2, 5);
  case 3:
    throw "text";
  case 4:
    throw 2.5;
  case 5:
    throw Guard("thrown", kind);
  case 6:
    throw std::out_of_range("range");
  case 7:
    throw Virtual();
  case 8:
    throw &alive;
  case 9:
    throw nullptr;
  }
  return kind * 3 + zero;
}

// Wide values, floating point, vectors: in the landing and after it.
typedef int Four __attribute__((vector_size(16)));
NOINLINE static void values(long kind) {
  Guard guard("values", kind);
  long x = kind * 3 + zero;
  double d = (double)x * 1.5;
  float f = (float)x / 4;
  __int128 wide = ((__int128)x << 70) + 3;
  Four four = {(int)x, 2, (int)kind, 4};
  bool odd = kind & 1;
  long *pointer = &x;
  try {
    x += thrower(kind);
    printf(" none");
  } catch (int i) {
    printf(" int %d", i);
  } catch (const Side &s) {
    printf(" side %ld", s.side);
  } catch (const char *s) {
    printf(" %s", s);
  } catch (Guard g) {
    printf(" guard %ld", g.value);
  } catch (const std::logic_error &e) {
    printf(" %s", e.what());
  } catch (const Base &b) {
    printf(" base %d", b.id());
  } catch (int *p) {
    printf(" pointer %d", p == &alive || p == nullptr);
  } catch (...) {
    printf(" any");
  }
  printf(" %ld %g %g %ld %d %d %d\n", *pointer, d, (double)f,
         (long)(wide >> 70), four[0] + four[3], odd, alive);
}

// A loop around try, in which values change from one round to the next.
NOINLINE static void rounds(long n) {
  long sum = 0, caught = 0, before = 1;
  double scale = 0.5;
  for (long i = 0; i < n; i++) {
    long here = i * i + before;
    try {
      Guard guard("round", i);
      sum += thrower(i % 7) + here;
      scale += 1;
    } catch (const Base &b) {
      caught += b.id() + here;
      scale *= 2;
      if (i > 12)
        continue;
    } catch (...) {
      caught += here;
      if (i == 17)
        break;
    }
    before = sum ^ caught;
  }
  printf("\nrounds %ld %ld %g %ld\n", sum, caught, scale, before);
}

NOINLINE static void again(long kind) {
  Guard guard("again", kind);
  try {
    try {
      thrower(kind);
    } catch (Base &b) {
      b.a += 10; // the same object outside
      throw;
    }
  } catch (Derived &d) {
    printf(" derived %d", d.id());
    throw;
  }
}

// A destructor that throws and catches while another exception passes.
struct Nested {
  long kind;
  ~Nested() {
    try {
      Guard guard("inner", kind);
      thrower(kind);
    } catch (const char *s) {
      printf(" [%s]", s);
    } catch (int i) {
      printf(" [%d]", i);
    }
  }
};
NOINLINE static void nested() {
  Nested first{3}, second{1};
  Guard guard("nested", 0);
  thrower(4);
}

struct Members {
  Guard a, b;
  explicit Members(long kind) : a("a", kind), b("b", kind + 1) {
    thrower(kind);
  }
};
struct Wrapped {
  Members members;
  Wrapped() try : members(1) {
  } catch (int i) {
    printf(" in the constructor's handler %d", i);
  } // thrown on
};
NOINLINE static int function_try(long kind) try {
  Guard guard("function", kind);
  return (int)thrower(kind);
} catch (const char *s) {
  printf(" %s", s);
  return -1;
}

NOINLINE static long deep(long depth) {
  Guard guard("deep", depth);
  if (depth == 0)
    throw Derived(9, 9);
  return deep(depth - 1) + depth;
}

// A new exception out of a handler, and out of a destructor of its object.
NOINLINE static void replaced() {
  try {
    try {
      thrower(1);
    } catch (int i) {
      Guard guard("handler", i);
      throw std::runtime_error("instead");
    }
  } catch (const std::exception &e) {
    printf(" %s", e.what());
  }
}

// Frames that move the data stack's pointer, and such as are aligned to more than 16.
NOINLINE static void shapes(long kind, int n) {
  alignas(64) volatile char aligned[64] = {};
  long array[n];
  for (int i = 0; i < n; i++)
    array[i] = i * kind;
  for (int i = 0; i < 3; i++) {
    long inner[n + i];
    inner[n + i - 1] = i;
    try {
      thrower(kind);
    } catch (...) {
      printf(" %ld %ld %d", array[n - 1], inner[n + i - 1],
             (int)((unsigned long)aligned % 64));
    }
  }
}

template <class F> NOINLINE static void attempt(const char *what, F f) {
  printf("%s:", what);
  try {
    f();
  } catch (const std::exception &e) {
    printf(" std::exception %s", e.what());
  } catch (Base &b) {
    printf(" Base %d", b.id());
  } catch (double d) {
    printf(" double %g", d);
  } catch (int i) {
    printf(" int %d", i);
  } catch (...) {
    printf(" something");
  }
  printf(" (%d)\n", alive);
}

int main() {
  for (long kind = 0; kind < 10; kind++)
    values(kind);
  rounds(20);
  attempt("again", [] { again(2); });
  attempt("nested", nested);
  attempt("members", [] { Members m(1); });
  attempt("wrapped", [] { Wrapped w; });
  attempt("array",
          [] { delete[] new Members[3]{Members(0), Members(10), Members(2)}; });
  attempt("function", [] {
    printf(" %d", function_try(3));
    function_try(4);
  });
  attempt("deep", [] { deep(6); });
  attempt("replaced", replaced);
  attempt("shapes", [] {
    shapes(1, 5);
    shapes(6, 2);
  });
  attempt("cast", [] {
    Base *b = new Base(1);
    printf(" %d", dynamic_cast<Derived &>(*b).b);
  });
  attempt("typeid", [] {
    Base *b = nullptr;
    printf(" %s", typeid(*b).name());
  });
  printf("alive %d\n", alive);
  return alive;
}
