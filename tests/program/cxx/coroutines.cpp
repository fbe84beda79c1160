// Coroutines: generators, tasks that await each other (symmetric transfer), on threads.
#include "cxx.h"
#include <coroutine>
#include <iostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

template <class T> class Generator {
public:
  struct promise_type {
    T value;
    Generator get_return_object() {
      return Generator(Handle::from_promise(*this));
    }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(T v) {
      value = std::move(v);
      return {};
    }
    void return_void() {}
    void unhandled_exception() {}
  };
  using Handle = std::coroutine_handle<promise_type>;
  explicit Generator(Handle h) : handle(h) {}
  Generator(Generator &&o) : handle(std::exchange(o.handle, {})) {}
  ~Generator() {
    if (handle)
      handle.destroy();
  }
  bool next() {
    handle.resume();
    return !handle.done();
  }
  T &value() { return handle.promise().value; }

private:
  Handle handle;
};

template <class T> class Task {
public:
  struct promise_type {
    T value;
    std::coroutine_handle<> caller = std::noop_coroutine();
    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() { return {}; }
    struct Final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<>
      await_suspend(std::coroutine_handle<promise_type> h) noexcept {
        return h.promise().caller;
      }
      void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void return_value(T v) { value = std::move(v); }
    void unhandled_exception() {}
  };
  explicit Task(std::coroutine_handle<promise_type> h) : handle(h) {}
  Task(Task &&o) : handle(std::exchange(o.handle, {})) {}
  ~Task() {
    if (handle)
      handle.destroy();
  }
  bool await_ready() { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
    handle.promise().caller = caller;
    return handle;
  }
  T await_resume() { return handle.promise().value; }
  T run() {
    handle.resume();
    return handle.promise().value;
  }

private:
  std::coroutine_handle<promise_type> handle;
};

struct Noisy {
  std::string name;
  explicit Noisy(std::string name) : name(std::move(name)) {}
  ~Noisy() { std::cout << '~' << name << ' '; }
};

static Generator<int> fibonacci(int count) {
  Noisy noisy("fibonacci");
  int a = 0, b = 1;
  for (int i = 0; i < count; i++) {
    co_yield a;
    point();
    a = std::exchange(b, a + b);
  }
}

static Generator<std::string> words(std::string text) {
  std::string word;
  for (char c : text)
    if (c == ' ')
      co_yield std::exchange(word, "");
    else
      word += c;
  co_yield word;
}

static Task<long> sum(long from, long to) {
  point();
  if (to - from <= 2) {
    long s = 0;
    for (long i = from; i < to; i++)
      s += i;
    co_return s;
  }
  long middle = (from + to) / 2;
  long low = co_await sum(from, middle);
  co_return low + co_await sum(middle, to);
}

static Task<long> many(long count) {
  long s = 0;
  for (long i = 0; i < count; i++)
    s += co_await sum(i, i + 1);
  co_return s;
}

int main() {
  auto g = fibonacci(15);
  while (g.next())
    std::cout << g.value() << ' ';
  std::cout << '\n';
  {
    auto half = fibonacci(15);
    for (int i = 0; i < 5; i++)
      half.next();
    std::cout << half.value() << ' ';
  }
  auto w = words("yielded one after the other, longer than a short string");
  while (w.next())
    std::cout << w.value() << '.';
  std::cout << '\n' << sum(0, 40).run() << ' ' << many(200).run() << '\n';
  auto moved = fibonacci(30);
  for (int i = 0; i < 4; i++)
    std::thread([&] { moved.next(); }).join();
  std::cout << moved.value() << '\n';
}
