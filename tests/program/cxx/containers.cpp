// Containers, algorithms, ranges, smart pointers, variant, optional, any, function, pmr.
#include "cxx.h"
#include <algorithm>
#include <any>
#include <array>
#include <bitset>
#include <deque>
#include <expected>
#include <forward_list>
#include <functional>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <numeric>
#include <optional>
#include <queue>
#include <random>
#include <ranges>
#include <set>
#include <span>
#include <stack>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <valarray>
#include <variant>
#include <vector>

struct Item {
  int key;
  std::string name;
  static int alive;
  Item(int key, std::string name) : key(key), name(std::move(name)) { alive++; }
  Item(const Item &o) : key(o.key), name(o.name) { alive++; }
  Item(Item &&o) noexcept : key(o.key), name(std::move(o.name)) { alive++; }
  Item &operator=(const Item &) = default;
  Item &operator=(Item &&) = default;
  ~Item() { alive--; }
};
int Item::alive;

template <class R> static void show(const char *what, R &&range) {
  std::cout << what << ':';
  for (auto &&x : range)
    std::cout << ' ' << x;
  std::cout << '\n';
}

static void sequences() {
  std::vector<int> v(20);
  std::iota(v.begin(), v.end(), 1);
  std::mt19937 random(42);
  std::shuffle(v.begin(), v.end(), random);
  std::deque<int> d(v.begin(), v.end());
  std::list<int> l(v.rbegin(), v.rend());
  std::sort(v.begin(), v.end(), [](int a, int b) {
    point();
    return a % 7 != b % 7 ? a % 7 < b % 7 : a < b;
  });
  show("vector", v);
  l.sort();
  l.remove_if([](int x) { return x % 3 == 0; });
  l.unique();
  show("list", l);
  d.push_front(-1);
  d.erase(d.begin() + 5);
  std::cout << d.size() << ' ' << std::accumulate(d.begin(), d.end(), 0)
            << '\n';
  std::forward_list<char> f{'c', 'a', 'b'};
  f.sort();
  show("forward", f);
  std::vector<bool> bits(100);
  for (int i = 0; i < 100; i += 7)
    bits[i] = true;
  std::cout << std::count(bits.begin(), bits.end(), true) << '\n';
  std::stable_partition(v.begin(), v.end(), [](int x) { return x & 1; });
  show("partition", v);
  std::nth_element(v.begin(), v.begin() + 10, v.end());
  std::cout << v[10] << ' ' << *std::max_element(v.begin(), v.end()) << '\n';
  std::priority_queue<int> queue(v.begin(), v.end());
  queue.pop();
  std::cout << queue.top() << '\n';
  std::valarray<double> a{1, 2, 3}, b{4, 5, 6};
  std::cout << (a * b).sum() << ' ' << std::bitset<12>(0x5a5) << '\n';
}

static void items() {
  std::vector<Item> v;
  for (int i = 0; i < 10; i++)
    v.emplace_back(i * 37 % 11, "item with a longer name " + std::to_string(i));
  std::ranges::sort(v, {}, &Item::key);
  std::map<std::string, Item> map;
  for (auto &item : v)
    map.try_emplace(item.name.substr(10), item);
  std::multimap<int, std::string> multi;
  for (auto &[name, item] : map)
    multi.emplace(item.key / 3, name);
  for (auto &[k, name] : multi)
    std::cout << k << '=' << name << ';';
  std::cout << ' ' << Item::alive << '\n';
  std::unordered_map<std::string, int> counts;
  for (const char *w : {"a", "bb", "a", "ccc", "bb", "a"})
    counts[w]++;
  std::set<std::pair<int, std::string>> sorted;
  for (auto &[w, n] : counts)
    sorted.emplace(n, w);
  for (auto &[n, w] : sorted)
    std::cout << w << n << ' ';
  std::unordered_set<long> set;
  for (long i = 0; i < 1000; i++)
    set.insert(i * i % 101);
  std::cout << set.size() << ' ' << set.contains(4) << '\n';
}

static void pointers() {
  auto unique = std::make_unique<Item>(1, "unique");
  auto shared = std::make_shared<Item>(2, "shared");
  std::weak_ptr<Item> weak = shared;
  auto copy = shared;
  std::shared_ptr<std::string> alias(shared, &shared->name);
  std::cout << shared.use_count() << ' ' << *alias << ' ' << Item::alive;
  shared.reset();
  copy.reset();
  std::cout << ' ' << weak.expired();
  alias.reset();
  std::cout << ' ' << weak.expired() << ' ' << Item::alive << '\n';
  std::unique_ptr<FILE, int (*)(FILE *)> file(std::tmpfile(), std::fclose);
  std::cout << (file != nullptr) << '\n';
}

static void sums() {
  std::variant<int, std::string, std::vector<int>> v = 5;
  auto visit = [](const auto &x) -> std::string {
    point();
    if constexpr (std::is_same_v<decltype(x), const int &>)
      return "int " + std::to_string(x);
    else
      return "size " + std::to_string(x.size());
  };
  std::cout << std::visit(visit, v);
  v = "a string";
  std::cout << ' ' << std::visit(visit, v);
  v = std::vector<int>(7);
  std::cout << ' ' << std::visit(visit, v) << '\n';
  std::optional<std::string> o;
  std::cout << o.value_or("none") << ' ';
  o = "some";
  std::cout << o->size() << ' ';
  std::any any = 3.5;
  std::cout << std::any_cast<double>(any) << ' ' << any.has_value() << ' '
            << (std::any_cast<int>(&any) == nullptr) << '\n';
  std::expected<int, std::string> good = 4, bad = std::unexpected("bad");
  std::cout << *good << ' ' << bad.error() << ' ' << bad.value_or(9) << '\n';
  std::function<int(int)> fibonacci = [&](int n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
  };
  std::cout << fibonacci(10) << ' '
            << std::bind(std::minus<int>(), std::placeholders::_2, 30)(1, 50)
            << ' ' << std::invoke(&Item::key, Item(8, "")) << '\n';
  auto [x, y, z] = std::tuple(1, 'c', std::string("tuple"));
  std::cout << x << y << z << '\n';
}

static void views() {
  auto even = std::views::iota(1) |
              std::views::filter([](int i) { return i % 2 == 0; }) |
              std::views::transform([](int i) { return i * i; }) |
              std::views::take(8);
  show("even", even);
  std::string text = "split,this,into,words";
  for (auto word : text | std::views::split(','))
    std::cout << std::string_view(word) << '.';
  std::cout << '\n';
  std::array<int, 6> a{5, 3, 1, 4, 2, 0};
  std::ranges::sort(a, std::greater());
  std::span<int> part = std::span(a).subspan(1, 3);
  show("span", part);
  show("reverse", a | std::views::reverse | std::views::drop(2));
}

static void resources() {
  std::array<std::byte, 4096> buffer;
  std::pmr::monotonic_buffer_resource pool(buffer.data(), buffer.size());
  std::pmr::vector<std::pmr::string> v(&pool);
  for (int i = 0; i < 40; i++)
    v.emplace_back("a string that is not a short one");
  std::pmr::unsynchronized_pool_resource blocks(&pool);
  std::pmr::map<int, int> map(&blocks);
  for (int i = 0; i < 100; i++)
    map[i * 7 % 100] = i;
  std::cout << v.size() << ' ' << map[50] << '\n';
}

int main() {
  sequences();
  items();
  pointers();
  sums();
  views();
  resources();
  std::cout << Item::alive << '\n';
}
