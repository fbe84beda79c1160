// Nobody catches: a handler of std::terminate sees what was thrown, no destructor has run.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

struct Guard {
  ~Guard() { puts("a destructor"); }
};

static void ended() {
  puts("terminate");
  try {
    throw; // what is being handled
  } catch (const std::exception &e) {
    printf("%s\n", e.what());
  } catch (...) {
    puts("not known");
  }
  fflush(stdout);
  abort();
}

__attribute__((noinline)) static void outer(int n) {
  Guard guard;
  if (n != 0)
    outer(n - 1);
  throw std::runtime_error("nobody wants this");
}

int main() {
  std::set_terminate(ended);
  outer(3);
}
