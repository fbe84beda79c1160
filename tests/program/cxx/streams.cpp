// iostream: the standard streams, manipulators, numbers, string and file streams, a
// stream buffer and an inserter of the program's own, wide streams.
#include "cxx.h"
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <sstream>
#include <streambuf>
#include <string>

struct Point {
  int x, y;
};

static std::ostream &operator<<(std::ostream &out, const Point &p) {
  point();
  return out << '(' << p.x << ", " << p.y << ')';
}

static std::istream &operator>>(std::istream &in, Point &p) {
  char c;
  return in >> c >> p.x >> c >> p.y >> c;
}

// Upper case, counted.
class Upper : public std::streambuf {
public:
  explicit Upper(std::streambuf *to) : to(to) {}
  int count = 0;

protected:
  int overflow(int c) override {
    point();
    count++;
    return to->sputc(c >= 'a' && c <= 'z' ? c - 32 : c);
  }

private:
  std::streambuf *to;
};

static void numbers() {
  std::cout << "hello, " << 42 << ' ' << -7L << ' ' << 3.5 << ' ' << true
            << std::endl;
  std::cout << std::hex << std::showbase << 255 << ' ' << std::oct << 8
            << std::dec << std::noshowbase << '\n';
  std::cout << std::setw(8) << std::setfill('*') << 17 << ' ' << std::left
            << std::setw(6) << "ab" << std::right << std::setfill(' ') << '\n';
  std::cout << std::fixed << std::setprecision(3) << 2.0 / 3 << ' '
            << std::scientific << 12345.678 << ' ' << std::defaultfloat
            << std::setprecision(6) << 1e100 << ' ' << std::hexfloat << 0.5
            << std::defaultfloat << '\n';
  std::cout << std::boolalpha << false << std::noboolalpha << ' '
            << static_cast<void *>(nullptr) << ' ' << 1.25L << '\n';
}

static void strings() {
  std::ostringstream out;
  out << Point{3, -4} << " and " << std::quoted("a \"b\"");
  std::istringstream in("12 0x1f 3.25 word (5, 6) rest of it");
  int a, b;
  double d;
  std::string word, rest;
  Point p;
  in >> a >> std::hex >> b >> std::dec >> d >> word >> p;
  std::getline(in, rest);
  std::cout << out.str() << ' ' << a << ' ' << b << ' ' << d << ' ' << word
            << ' ' << p << '|' << rest << '|' << in.eof() << '\n';
  std::istringstream bad("x");
  bad >> a;
  std::cout << bad.fail() << bad.bad() << ' ' << a << '\n';
}

static void files() {
  const char *name = "streams.txt";
  {
    std::ofstream out(name);
    for (int i = 0; i < 5; i++)
      out << "line " << i << '\n';
  }
  std::fstream file(name, std::ios::in | std::ios::out | std::ios::ate);
  file << "last\n";
  file.seekg(7);
  std::string line;
  int count = 0;
  while (std::getline(file, line))
    count += static_cast<int>(line.size());
  std::cout << count << ' ' << line << '\n';
  std::ifstream again(name, std::ios::binary);
  std::string all((std::istreambuf_iterator<char>(again)), {});
  std::cout << all.size() << ' ' << again.good() << '\n';
  std::remove(name);
}

int main() {
  numbers();
  strings();
  files();
  Upper upper(std::cout.rdbuf());
  std::ostream loud(&upper);
  loud << "shout " << 12 << std::endl;
  std::cout << upper.count << '\n';
  std::wstringstream wide;
  wide << L"wide " << 5 << L' ' << 0.125;
  std::cout << wide.str().size() << '\n';
  std::wcerr << L"to standard error" << std::endl;
  std::cerr << "too" << std::endl;
  std::clog << "and the log" << std::endl;
  std::printf("printf behind it\n");
  std::cout << "end" << std::endl;
}
