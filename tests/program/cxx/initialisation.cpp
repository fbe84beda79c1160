// What runs before and after main: dynamic initialisation in order, init_priority, static
// locals, inline and template variables, thread_local, atexit, at_quick_exit's absence.
#include "cxx.h"
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

struct Loud {
  std::string name;
  explicit Loud(const char *name) : name(name) {
    point();
    std::cout << '+' << name << ' ';
  }
  ~Loud() { std::cout << '-' << name << std::endl; }
};

static Loud first("first");
__attribute__((init_priority(300))) static Loud early("early");
__attribute__((init_priority(200))) static Loud earlier("earlier");
inline Loud shared("inline");
template <class T> Loud of_type("template");
static int computed = hidden(6) * 7;
static const std::string text = "text " + std::to_string(computed);
static Loud array[2] = {Loud("array 0"), Loud("array 1")};
constinit static int constant = 5;

static Loud &local() {
  static Loud loud("local");
  return loud;
}

static thread_local Loud in_thread("thread");

__attribute__((constructor)) static void constructor() {
  std::cout << "constructor ";
}
__attribute__((destructor)) static void destructor() {
  std::cout << "destructor" << std::endl;
}

int main() {
  std::cout << "\nmain " << text << ' ' << constant << ' ' << of_type<int>.name
            << '\n';
  std::atexit([] { std::cout << "atexit 1" << std::endl; });
  std::cout << local().name << ' ' << local().name << '\n';
  std::atexit([] { std::cout << "atexit 2" << std::endl; });
  std::thread([] { std::cout << in_thread.name << '\n'; }).join();
  std::cout << in_thread.name << '\n';
  std::cout << "end of main\n";
}
