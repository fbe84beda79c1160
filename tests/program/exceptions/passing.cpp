// Exceptions and what is between: threads, signals, setjmp, ends of the
// program that are not the usual.
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <unwind.h>

#define NOINLINE __attribute__((noinline))

struct Guard {
  const char *name;
  ~Guard() { printf(" ~%s", name); }
};

static volatile int calls;

static int tries;
static void once_only() {
  if (++tries < 3)
    throw tries;
  printf(" done at try %d", tries);
}
static void called_once() {
  static std::once_flag flag;
  for (int i = 0; i < 4; i++)
    try {
      std::call_once(flag, once_only);
    } catch (int n) {
      printf(" %d", n);
    }
}

static int initialise() {
  if (++tries < 3)
    throw std::logic_error("not yet");
  return tries;
}
static void guarded_static() {
  tries = 0;
  for (int i = 0; i < 4; i++)
    try {
      static int value = initialise();
      printf(" %d", value);
    } catch (const std::exception &e) {
      printf(" %s", e.what());
    }
}

static void pointers() {
  std::exception_ptr kept;
  std::thread([&] {
    try {
      Guard guard{"thread"};
      throw std::runtime_error("of another thread");
    } catch (...) {
      kept = std::current_exception();
    }
  }).join();
  for (int i = 0; i < 2; i++)
    try {
      std::rethrow_exception(kept);
    } catch (const std::exception &e) {
      printf(" %s", e.what());
    }
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  std::thread t([&promise] {
    try {
      throw 17;
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  });
  try {
    future.get();
  } catch (int i) {
    printf(" %d", i);
  }
  t.join();
  try {
    try {
      throw std::logic_error("inner");
    } catch (...) {
      std::throw_with_nested(std::runtime_error("outer"));
    }
  } catch (const std::exception &e) {
    printf(" %s", e.what());
    try {
      std::rethrow_if_nested(e);
    } catch (const std::exception &n) {
      printf(" %s", n.what());
    }
  }
}

struct Counting {
  int before = std::uncaught_exceptions();
  ~Counting() {
    printf(" %d%s", std::uncaught_exceptions() - before,
           std::uncaught_exception() ? "!" : "");
  }
};
struct Throwing {
  ~Throwing() {
    try {
      Counting inner;
      throw 1;
    } catch (int) {
      Counting in_handler;
    }
  }
};
static void counted() {
  Counting plain;
  try {
    Counting counting;
    Throwing throwing;
    throw 2;
  } catch (int) {
    printf(" caught %d", std::uncaught_exceptions());
  }
}

static jmp_buf back;
static void jumped() {
  if (setjmp(back) == 0)
    try {
      throw 1;
    } catch (int i) {
      longjmp(back, i);
    }
  printf(" back");
  try {
    Guard guard{"after the jump"};
    throw 2;
  } catch (int i) {
    printf(" %d", i);
  }
}

static void on_signal(int) {
  try {
    Guard guard{"handler"};
    throw std::string("in a handler");
  } catch (const std::string &s) {
    printf(" %s", s.c_str());
  }
}
static void signalled() {
  signal(SIGUSR1, on_signal);
  try {
    Guard guard{"raised"};
    raise(SIGUSR1);
    throw 3;
  } catch (int i) {
    printf(" %d", i);
  }
}

static void many_threads() {
  std::thread threads[4];
  static long sums[4];
  for (int i = 0; i < 4; i++)
    threads[i] = std::thread([i] {
      for (int k = 0; k < 20; k++)
        try {
          if (k % 3 == i % 3)
            throw k;
          sums[i] += 1;
        } catch (int n) {
          sums[i] += n * 100;
        }
    });
  for (int i = 0; i < 4; i++) {
    threads[i].join();
    printf(" %ld", sums[i]);
  }
}

// What <unwind.h> has for others: frames that are passed, to the end of the stack.
static _Unwind_Reason_Code visit(_Unwind_Context *context, void *count) {
  if (_Unwind_GetIP(context) != 0)
    ++*(int *)count;
  return _URC_NO_REASON;
}
NOINLINE static int depth(int more) {
  int count = 0;
  if (more == 0)
    _Unwind_Backtrace(visit, &count);
  else
    count = depth(more - 1);
  return count + (calls == -1);
}
static void traced() { printf(" %d", depth(12) - depth(2)); }

static void attempt(const char *what, void f()) {
  printf("%s:", what);
  try {
    f();
  } catch (const std::exception &e) {
    printf(" std::exception %s", e.what());
  } catch (...) {
    printf(" something");
  }
  printf("\n");
}

int main() {
  attempt("once", called_once);
  attempt("static", guarded_static);
  attempt("pointers", pointers);
  attempt("counted", counted);
  attempt("jumped", jumped);
  attempt("signalled", signalled);
  attempt("threads", many_threads);
  attempt("traced", traced);
}
