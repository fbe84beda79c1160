// string, string_view, charconv, regex, format, locale, codecvt, print.
#include "cxx.h"
#include <charconv>
#include <codecvt>
#include <cstring>
#include <format>
#include <iostream>
#include <locale>
#include <print>
#include <regex>
#include <string>
#include <string_view>

static void strings() {
  std::string s = "The quick brown fox";
  s += " jumps over the lazy dog";
  s.insert(4, "very ");
  s.replace(s.find("fox"), 3, "wolf");
  std::cout << s << ' ' << s.size() << ' ' << s.rfind('o') << ' '
            << s.find_first_of("xyz") << '\n';
  std::string_view v = s;
  v.remove_prefix(4);
  std::cout << v.substr(0, 10) << '|' << v.starts_with("very") << '|'
            << (v <=> s < 0) << '\n';
  std::cout << std::stoi("77") << ' ' << std::stod("1.5e3") << ' '
            << std::stoull("ff", nullptr, 16) << ' ' << std::to_string(2.5)
            << '\n';
  std::u16string u16 = u"caf\u00e9";
  std::u32string u32 = U"\U0001f37f";
  std::u8string u8 = u8"\u00fc";
  std::cout << u16.size() << u32.size() << u8.size() << '\n';
}

static void conversions() {
  char text[64];
  for (double d : {0.1, 1e23, 5e-324, 123456789.0, 1.7976931348623157e308}) {
    auto end = std::to_chars(text, text + sizeof text, d).ptr;
    std::cout << std::string_view(text, end) << ' ';
  }
  auto end = std::to_chars(text, text + sizeof text, 3.14159f,
                           std::chars_format::fixed, 3)
                 .ptr;
  std::cout << std::string_view(text, end) << '\n';
  long value = 0;
  const char *number = "-123456x";
  auto r = std::from_chars(number, number + std::strlen(number), value);
  std::cout << value << ' ' << *r.ptr << ' '
            << (std::from_chars(number + 7, number + 8, value).ec ==
                std::errc::invalid_argument)
            << '\n';
}

static void expressions() {
  std::string text = "2024-02-29 and 1999-12-31, not 12-34";
  std::regex date(R"((\d{4})-(\d\d)-(\d\d))");
  for (std::sregex_iterator i(text.begin(), text.end(), date), end; i != end;
       ++i) {
    point();
    std::cout << (*i)[3] << '.' << (*i)[2] << '.' << (*i)[1] << ' ';
  }
  std::cout << std::regex_replace(text, date, "<$1>") << '\n';
  std::smatch m;
  std::cout << std::regex_match(std::string("aXbXc"),
                                std::regex("a(x|y)b\\1c", std::regex::icase))
            << std::regex_search(text, m, std::regex("[[:alpha:]]+")) << m.str()
            << '\n';
}

struct Complex {
  double re, im;
};

template <> struct std::formatter<Complex> : std::formatter<double> {
  auto format(Complex c, auto &context) const {
    auto out = std::formatter<double>::format(c.re, context);
    *out++ = '+';
    context.advance_to(out);
    out = std::formatter<double>::format(c.im, context);
    *out++ = 'i';
    return out;
  }
};

static void formats() {
  std::cout << std::format("{} {:>6}|{:<6}|{:^6}|{:*^9}\n", 1, 2, 3, 4, "mid");
  std::cout << std::format("{:#x} {:#b} {:08.3f} {:+} {:e} {:a}\n", 255, 5,
                           3.14159, 7, 12345.678, 1.0);
  std::cout << std::format("{1} {0} {0:?} {2:c} {3:d} {4}\n", "a", 'b', 99,
                           true, false);
  std::cout << std::format("{:.2f} {:{}}\n", Complex{1, -2}, "w", 5);
  std::string s;
  std::format_to(std::back_inserter(s), "{:>{}.{}f}", 2.0 / 3, 10, 4);
  std::cout << s << ' ' << std::formatted_size("{:5}", 1) << '\n';
  std::cout << std::format(L"{}", 3.5).size() << '\n' << std::flush;
  std::print("{} {}\n", "printed", 6);
  std::println("{:>5}", "line");
  std::fflush(stdout);
}

static void locales() {
  struct Grouped : std::numpunct<char> {
    char do_thousands_sep() const override { return '\''; }
    std::string do_grouping() const override { return "\3"; }
    char do_decimal_point() const override { return ','; }
  };
  std::locale grouped(std::locale::classic(), new Grouped);
  auto old = std::cout.imbue(grouped);
  std::cout << 1234567 << ' ' << 1234.5 << '\n';
  std::cout << std::format(grouped, "{:L}\n", 9876543);
  std::cout.imbue(old);
  std::string ab = "ab";
  std::cout << std::toupper('q', std::locale()) << ' '
            << std::use_facet<std::collate<char>>(std::locale())
                   .compare(&ab[0], &ab[1], &ab[1], &ab[2])
            << ' ' << std::locale().name() << '\n';
  std::wstring_convert<std::codecvt_utf8<char32_t>, char32_t> convert;
  std::string bytes = convert.to_bytes(U"\u20ac");
  std::cout << bytes.size() << ' ' << (convert.from_bytes(bytes)[0] == 0x20ac)
            << '\n';
}

int main() {
  strings();
  conversions();
  expressions();
  formats();
  locales();
}
