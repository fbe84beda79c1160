// Inheritance: RTTI, dynamic_cast, virtual bases, thunks (covariant, variadic), pointers
// to members; constructors and destructors of every kind; layout.
#include "cxx.h"
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <new>
#include <string>
#include <typeindex>
#include <typeinfo>

struct Base {
  int b = 1;
  virtual ~Base() { std::cout << "~Base "; }
  virtual int f(int x) {
    point();
    return x + b;
  }
  virtual Base *self() { return this; }
};
struct Left : virtual Base {
  int l = 2;
  int f(int x) override { return Base::f(x) * l; }
  ~Left() override { std::cout << "~Left "; }
};
struct Right : virtual Base {
  int r = 3;
  virtual long sum(int count, ...) = 0;
  Right *self() override { return this; }
  ~Right() override { std::cout << "~Right "; }
};
struct Both : Left, Right {
  std::string s = "both";
  int f(int x) override { return Left::f(x) + r; }
  long sum(int count, ...) override {
    va_list list;
    va_start(list, count);
    long total = b + l + r;
    for (int i = 0; i < count; i++)
      total +=
          i % 2 ? static_cast<long>(va_arg(list, double)) : va_arg(list, int);
    va_end(list);
    point();
    return total;
  }
  Both *self() override { return this; }
  ~Both() override { std::cout << "~Both "; }
};
struct Other {
  virtual ~Other() = default;
  virtual int g() const { return 9; }
};
struct Joined : Both, Other {
  int g() const override { return l + r; }
};
struct Wide {
  long a, b, c, d;
};
struct Four {
  double x, y, z, w;
};
struct Returns {
  virtual Four four(double x, int n, ...) { return {x, x, x, x * n}; }
  virtual Wide wide(int n) { return {n, n + 1, n + 2, n + 3}; }
  virtual long double quad(long double x) { return x * 2; }
};
struct Padding {
  virtual ~Padding() = default;
  long p = 7;
};
struct Thunked : Padding, Returns {
  Four four(double x, int n, ...) override {
    va_list list;
    va_start(list, n);
    Four f{x, va_arg(list, double), double(va_arg(list, int)), double(n * p)};
    va_end(list);
    point();
    return f;
  }
  Wide wide(int n) override { return {p * n, p, n, 0}; }
  long double quad(long double x) override { return x + p; }
};

static void casts() {
  Joined joined;
  Base *base = hidden(static_cast<Base *>(&joined));
  Right *right = dynamic_cast<Right *>(base);
  Other *other = dynamic_cast<Other *>(base);
  std::cout << base->f(5) << ' ' << right->sum(4, 1, 2.0, 3, 4.0) << ' '
            << other->g() << ' ' << (dynamic_cast<void *>(base) == &joined)
            << ' ' << (dynamic_cast<Left *>(other) == &joined) << ' '
            << (right->self() == &joined) << ' ' << (base->self() == base)
            << '\n';
  Left left;
  Base *plain = hidden(static_cast<Base *>(&left));
  std::cout << (dynamic_cast<Right *>(plain) == nullptr) << ' '
            << typeid(*base).name() << ' ' << (typeid(*plain) == typeid(Left))
            << ' ' << (typeid(*base) == typeid(Both)) << ' '
            << (std::type_index(typeid(int)) == std::type_index(typeid(long)))
            << '\n';
  Thunked thunked;
  Returns *returns = hidden(static_cast<Returns *>(&thunked));
  Four four = returns->four(0.5, 2, 7.25, 8);
  std::cout << four.x << ' ' << four.y << ' ' << four.z << ' ' << four.w << ' ';
  std::cout << returns->wide(3).a << ' ' << returns->wide(3).c << ' '
            << static_cast<double>(returns->quad(1.5L)) << '\n';
}

static void members() {
  int (Base::*f)(int) = hidden(&Base::f);
  int Both::*l = hidden<int Both::*>(&Both::l);
  long (Right::*sum)(int, ...) = &Right::sum;
  Both both;
  Base &base = both;
  int (Base::*none)(int) = nullptr;
  std::cout << (base.*f)(1) << ' ' << both.*l << ' '
            << (static_cast<Right &>(both).*sum)(1, 5) << ' '
            << (none == nullptr) << (f != none) << '\n';
}

struct Traced {
  static int count;
  int n;
  Traced() : n(++count) { point(); }
  Traced(const Traced &) : n(++count) { std::cout << "copy "; }
  Traced(Traced &&o) noexcept : n(o.n) { std::cout << "move "; }
  ~Traced() { std::cout << '-' << n << ' '; }
};
int Traced::count;

static Traced made() { return Traced(); }
static Traced passed(Traced t) { return t; }

struct Delegating : Traced {
  Traced inner;
  std::string s;
  explicit Delegating(std::string s) : s(std::move(s)) {}
  Delegating() : Delegating("delegated") {}
};

static void lives() {
  Traced a = made();
  Traced b = passed(a);
  {
    Delegating d;
    std::cout << d.s << ' ';
    Traced array[3];
    std::cout << array[2].n << ' ';
  }
  auto *heap = new Traced[2];
  delete[] heap;
  const Traced &kept = made();
  std::cout << kept.n << '\n';
}

struct alignas(128) Aligned {
  char c[200];
};
struct Empty {};
struct Inherits : Empty {
  [[no_unique_address]] Empty e;
  char c;
};
struct Bits {
  unsigned a : 3;
  int b : 5;
  bool c : 1;
};

static int news, deletes;

static void layout() {
  auto *aligned = new Aligned[3];
  std::cout << reinterpret_cast<uintptr_t>(aligned) % 128 << ' '
            << sizeof(Aligned) << ' ' << sizeof(Inherits) << ' '
            << sizeof(Joined) << ' ' << offsetof(Wide, c) << '\n';
  delete[] aligned;
  Bits bits{5, -3, true};
  auto [x, y, z] = bits;
  std::cout << x << ' ' << y << ' ' << z << '\n';
  int before = news;
  delete new Wide;
  ::operator delete(::operator new(100));
  std::cout << news - before << ' ' << (news >= deletes) << '\n';
  alignas(Joined) static char place[sizeof(Joined)];
  auto *placed = new (place) Joined;
  placed->~Joined();
  std::cout << '\n';
}

void *operator new(std::size_t size) {
  news++;
  return std::malloc(size ? size : 1);
}
void operator delete(void *p) noexcept {
  deletes++;
  std::free(p);
}
void operator delete(void *p, std::size_t) noexcept {
  deletes++;
  std::free(p);
}

static int overload(int) { return 1; }
static int overload(long) { return 2; }
static int overload(double) { return 3; }
static int overload(long double) { return 4; }
static int overload(__int128) { return 5; }
static int overload(...) { return 6; }

template <class... T> static long total(T... t) { return (0 + ... + t); }

static void lambdas() {
  int n = 5;
  auto add = [n, text = std::string("captured")](auto x) mutable {
    point();
    return x + n++ + static_cast<long>(text.size());
  };
  std::cout << add(1) << ' ' << add(2L) << ' ' << total(1, 2L, 3.5, 'a') << ' '
            << overload(1) << overload(1L) << overload(1.f) << overload(1.L)
            << overload(static_cast<__int128>(1)) << overload("") << '\n';
  int (*plain)(int) = [](int x) { return x * x; };
  auto recursive = [](this auto &&self, int x) -> int {
    return x <= 1 ? 1 : x * self(x - 1);
  };
  std::cout << hidden(plain)(12) << ' ' << recursive(6) << '\n';
}

int main() {
  casts();
  std::cout << '\n';
  members();
  std::cout << '\n';
  lives();
  std::cout << '\n';
  layout();
  lambdas();
}
