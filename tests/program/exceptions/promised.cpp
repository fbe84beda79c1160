// A function that promised to throw nothing: the way up to it is not unwound further.
#include <cstdio>
#include <cstdlib>
#include <exception>

struct Guard {
  const char *name;
  ~Guard() { printf("~%s\n", name); }
};

__attribute__((noinline)) static void throws() { throw 1; }
__attribute__((noinline)) static void promises() noexcept {
  Guard guard{"inside"};
  throws();
}

int main() {
  std::set_terminate([] {
    puts("terminate");
    fflush(stdout);
    _Exit(3);
  });
  Guard guard{"main"};
  try {
    promises();
  } catch (...) {
    puts("caught");
  }
}
