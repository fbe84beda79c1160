// chrono: clocks, durations, the calendar, formatting and parsing of what is not local.
#include "cxx.h"
#include <chrono>
#include <format>
#include <iostream>
#include <thread>

using namespace std::chrono;
using namespace std::chrono_literals;

int main() {
  auto start = steady_clock::now();
  std::this_thread::sleep_for(3ms);
  auto took = steady_clock::now() - start;
  std::cout << (took >= 3ms) << ' '
            << (system_clock::now() > sys_days(2020y / 1 / 1)) << '\n';
  std::cout << duration_cast<minutes>(25h + 61s).count() << ' '
            << floor<seconds>(-1500ms).count() << ' '
            << duration<double, std::ratio<1, 30>>(1s).count() << '\n';
  year_month_day leap = 2024y / February / last;
  std::cout << unsigned(leap.day()) << ' ' << weekday(leap).c_encoding() << ' '
            << sys_days(leap).time_since_epoch().count() << ' '
            << (year_month_day(sys_days(leap) + days(366)) == 2025y / 3 / 1)
            << '\n';
  for (auto day = sys_days(1999y / 12 / 30); day < sys_days(2000y / 1 / 3);
       day += days(1)) {
    point();
    std::cout << std::format("{:%F %a %j %U} ", day);
  }
  std::cout << '\n';
  sys_time<milliseconds> t = sys_days(2001y / 9 / 9) + 1h + 46min + 40s + 123ms;
  std::cout << std::format("{:%Y-%m-%d %H:%M:%S} {:%D %r} {:%T}", t, t, 3723s)
            << ' ' << hh_mm_ss(t - floor<days>(t)).minutes().count() << '\n';
  std::cout << 90min << ' ' << 1.5s << ' ' << 2024y / 5 << ' ' << Monday[2]
            << '\n';
}
