// Exception specifications as C++98 has them.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

static void unexpected() { throw 2.5; }

__attribute__((noinline)) static void ints_only(int n) throw(int) {
  if (n == 1)
    throw 1;
  if (n == 2)
    throw "text";
}
__attribute__((noinline)) static void doubles_too(int n) throw(int, double) {
  if (n == 2)
    throw "text";
  ints_only(n);
}
__attribute__((noinline)) static void bad_too(int n) throw(std::bad_exception) {
  if (n)
    throw n;
}

template <class F> static void attempt(F f, int n) {
  try {
    f(n);
    puts("nothing");
  } catch (int i) {
    printf("int %d\n", i);
  } catch (double d) {
    printf("double %g\n", d);
  } catch (const std::bad_exception &) {
    puts("bad_exception");
  } catch (const char *s) {
    puts(s);
  }
}

int main() {
  std::set_unexpected(unexpected);
  for (int n = 0; n < 3; n++)
    attempt(doubles_too, n);
  attempt(ints_only, 1);
  attempt(bad_too, 0);
  attempt(bad_too, 3);
  std::set_terminate([] {
    puts("terminate");
    fflush(stdout);
    _Exit(4);
  });
  attempt(ints_only, 2);
}
