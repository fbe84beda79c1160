// thread, jthread, mutexes, conditions, atomics of all widths, waiting on them, latch,
// barrier, semaphores, future, call_once; thread_local variables with destructors.
#include "cxx.h"
#include <atomic>
#include <barrier>
#include <condition_variable>
#include <future>
#include <iostream>
#include <latch>
#include <mutex>
#include <numeric>
#include <queue>
#include <semaphore>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

static std::atomic<int> made, gone;

struct Local {
  std::string text = "in each thread";
  Local() { made++; }
  ~Local() { gone++; }
};
static thread_local Local local;
static thread_local int counter = 10;

static void locals() {
  std::vector<std::thread> threads;
  std::atomic<int> sum = 0;
  for (int i = 0; i < 4; i++)
    threads.emplace_back([i, &sum] {
      counter += i;
      point();
      sum += counter + static_cast<int>(local.text.size());
    });
  for (auto &t : threads)
    t.join();
  std::cout << sum << ' ' << made << ' ' << gone << ' ' << counter << '\n';
}

struct Pair {
  long a, b;
  bool operator==(const Pair &) const = default;
};

static void atomics() {
  std::atomic<long> n = 0;
  std::atomic<double> d = 0;
  std::atomic<float> f = 0;
  std::atomic<unsigned char> c = 0;
  std::atomic<Pair> pair = Pair{0, 0};
  std::atomic_flag flag;
  int guarded = 0;
  auto work = [&] {
    for (int i = 0; i < 50; i++) {
      n.fetch_add(1, std::memory_order_relaxed);
      d += 0.5;
      f.fetch_add(1.0f);
      c++;
      Pair old = pair;
      while (!pair.compare_exchange_weak(old, Pair{old.a + 1, old.b - 1})) {
      }
      while (flag.test_and_set(std::memory_order_acquire))
        std::this_thread::yield();
      guarded++;
      flag.clear(std::memory_order_release);
    }
  };
  {
    std::jthread a(work), b(work), e(work);
  }
  std::cout << n << ' ' << d << ' ' << f << ' ' << int(c) << ' '
            << pair.load().a << ' ' << pair.load().b << ' ' << guarded << '\n';
  std::atomic<std::shared_ptr<int> *> pointer = nullptr;
  int plain = 3;
  std::atomic_ref<int>(plain).fetch_or(8);
  std::cout << plain << ' ' << (pointer.load() == nullptr) << '\n';
}

static void waits() {
  std::atomic<int> turn = 0;
  std::thread other([&] {
    for (int i = 0; i < 5; i++) {
      turn.wait(2 * i);
      turn.fetch_add(1);
      turn.notify_one();
    }
  });
  for (int i = 0; i < 5; i++) {
    turn.fetch_add(1);
    turn.notify_one();
    turn.wait(2 * i + 1);
  }
  other.join();
  std::cout << turn << '\n';
}

static void conditions() {
  std::mutex mutex;
  std::condition_variable ready;
  std::queue<int> queue;
  bool done = false;
  long sum = 0;
  std::thread consumer([&] {
    std::unique_lock lock(mutex);
    for (;;) {
      ready.wait(lock, [&] { return done || !queue.empty(); });
      if (queue.empty())
        return;
      sum += queue.front();
      queue.pop();
    }
  });
  for (int i = 1; i <= 30; i++) {
    std::lock_guard lock(mutex);
    queue.push(i);
    ready.notify_one();
  }
  {
    std::scoped_lock lock(mutex);
    done = true;
  }
  ready.notify_all();
  consumer.join();
  std::cout << sum << '\n';
  std::unique_lock lock(mutex);
  std::cout << (ready.wait_for(lock, std::chrono::milliseconds(5)) ==
                std::cv_status::timeout)
            << '\n';
  std::shared_mutex shared;
  std::recursive_mutex recursive;
  std::timed_mutex timed;
  std::shared_lock reader(shared);
  std::scoped_lock both(recursive, timed);
  std::lock_guard again(recursive);
  std::cout << shared.try_lock() << '\n';
}

static void meetings() {
  std::latch latch(3);
  std::barrier barrier(3, [] noexcept { point(); });
  std::counting_semaphore<4> semaphore(2);
  std::atomic<int> inside = 0, most = 0, total = 0;
  auto work = [&] {
    latch.count_down();
    latch.wait();
    for (int i = 0; i < 3; i++) {
      semaphore.acquire();
      int now = ++inside;
      for (int old = most;
           now > old && !most.compare_exchange_weak(old, now);) {
      }
      total++;
      inside--;
      semaphore.release();
      barrier.arrive_and_wait();
    }
  };
  std::thread a(work), b(work), c(work);
  a.join();
  b.join();
  c.join();
  std::cout << total << ' ' << (most <= 2) << '\n';
}

static void futures() {
  auto sum = std::async(std::launch::async, [] {
    std::vector<int> v(100);
    std::iota(v.begin(), v.end(), 0);
    return std::accumulate(v.begin(), v.end(), 0);
  });
  std::promise<std::string> promise;
  std::shared_future<std::string> text = promise.get_future().share();
  std::thread setter([&] { promise.set_value("set over there"); });
  std::packaged_task<int(int)> task([](int x) { return x * 2; });
  auto doubled = task.get_future();
  task(21);
  std::cout << sum.get() << ' ' << text.get() << ' ' << doubled.get() << '\n';
  setter.join();
  std::once_flag once;
  int calls = 0;
  auto call = [&] { std::call_once(once, [&] { calls++; }); };
  std::thread a(call), b(call);
  a.join();
  b.join();
  std::jthread stopped([](std::stop_token stop) {
    while (!stop.stop_requested())
      std::this_thread::yield();
  });
  std::cout << calls << ' ' << stopped.request_stop() << '\n';
}

// Initialised by whichever thread comes first.
struct Slow {
  Slow() {
    std::this_thread::yield();
    builds++;
  }
  static inline std::atomic<int> builds = 0;
};

static void guards() {
  auto use = [] {
    static Slow slow;
    point();
  };
  std::thread a(use), b(use), c(use);
  a.join();
  b.join();
  c.join();
  std::cout << Slow::builds << '\n';
}

int main() {
  locals();
  atomics();
  waits();
  conditions();
  meetings();
  futures();
  guards();
  std::cout << (std::thread::hardware_concurrency() > 0) << std::endl;
}
