// Through functions of libc, which are C, and forced unwinding to its end: natively with musl these
// end the program, so what must come of it is written here.
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <search.h>
#include <stdexcept>
#include <string>
#include <unwind.h>

static std::string trace;
struct Guard {
  const char *name;
  ~Guard() { trace += name; }
};

static int calls, last;
extern "C" int compare(const void *a, const void *b) {
  Guard guard{"c"};
  if (++calls == last)
    throw std::runtime_error("enough");
  return *(const int *)a - *(const int *)b;
}

extern "C" void first_time() {
  Guard guard{"o"};
  throw 1;
}

static jmp_buf forced_end;
static _Unwind_Reason_Code stop(int, _Unwind_Action action,
                                _Unwind_Exception_Class, _Unwind_Exception *,
                                _Unwind_Context *, void *) {
  if (action & _UA_END_OF_STACK)
    longjmp(forced_end, 1);
  return _URC_NO_REASON;
}
__attribute__((noinline)) static void force(_Unwind_Exception *e) {
  Guard guard{"f"};
  _Unwind_ForcedUnwind(e, stop, nullptr);
}
static void forced() {
  static _Unwind_Exception e;
  if (setjmp(forced_end) == 0) {
    Guard guard{"u"};
    try {
      force(&e);
    } catch (int) {
      trace += "not this";
    }
  }
  trace += "end";
}

template <class F> static int attempt(int n, const char *expected, F f) {
  trace.clear();
  calls = 0;
  last = n;
  try {
    Guard guard{"g"};
    f();
  } catch (const std::exception &e) {
    trace += e.what();
  } catch (int i) {
    trace += std::to_string(i);
  }
  printf("%s\n", trace.c_str());
  return trace != expected;
}

int main() {
  int numbers[] = {5, 2, 8, 1, 9, 3, 7}, sorted[] = {1, 2, 3, 4, 5, 6, 7, 8, 9},
      key = 9;
  size_t count = 9;
  int wrong = 0;
  wrong += attempt(5, "cccccgenough",
                   [&] { qsort(numbers, 7, sizeof *numbers, compare); });
  wrong += attempt(2, "ccgenough",
                   [&] { bsearch(&key, sorted, 9, sizeof *sorted, compare); });
  wrong += attempt(4, "ccccgenough", [&] {
    lfind(&key, sorted, &count, sizeof *sorted, compare);
  });
  wrong += attempt(0, "og1", [] {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, first_time);
  });
  trace.clear();
  forced(); // without a cleanup further out: it jumps back to where it is
  printf("%s\n", trace.c_str());
  wrong += trace != "fuend";
  return wrong;
}
