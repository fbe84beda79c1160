// filesystem: paths, directories, links, times, permissions, iteration, errors.
#include "cxx.h"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>
#include <vector>

namespace fs = std::filesystem;

int main() {
  fs::path p = "/usr//local/../lib/x.tar.gz";
  std::cout << p.lexically_normal() << ' ' << p.extension() << ' ' << p.stem()
            << ' ' << p.parent_path() << ' ' << p.is_absolute() << '\n';
  for (auto part : p)
    std::cout << part.string() << '|';
  std::cout << ' ' << fs::path("a/b").lexically_relative("a/c/d") << '\n';

  fs::path root = "files.tree";
  fs::remove_all(root);
  fs::create_directories(root / "one" / "two");
  for (const char *name : {"b.txt", "a.txt", "one/c.txt", "one/two/d.txt"}) {
    point();
    std::ofstream(root / name) << "content of " << name;
  }
  fs::create_symlink("a.txt", root / "link");
  fs::create_hard_link(root / "a.txt", root / "hard");
  fs::copy(root / "one", root / "copy", fs::copy_options::recursive);
  fs::rename(root / "b.txt", root / "renamed.txt");
  std::vector<std::string> names;
  uintmax_t bytes = 0;
  for (auto &entry : fs::recursive_directory_iterator(root)) {
    names.push_back(entry.path().lexically_relative(root).string() +
                    (entry.is_directory() ? "/" : ""));
    if (entry.is_regular_file() && !entry.is_symlink())
      bytes += entry.file_size();
  }
  std::sort(names.begin(), names.end());
  for (auto &name : names)
    std::cout << name << ' ';
  std::cout << bytes << '\n';
  std::cout << fs::read_symlink(root / "link") << ' '
            << fs::hard_link_count(root / "hard") << ' '
            << fs::equivalent(root / "hard", root / "link") << ' '
            << fs::exists(root / "none") << ' '
            << fs::is_empty(root / "one" / "two") << '\n';
  fs::resize_file(root / "hard", 3);
  fs::permissions(root / "hard", fs::perms::owner_read);
  std::cout << fs::file_size(root / "a.txt") << ' '
            << int(fs::status(root / "a.txt").permissions()) << '\n';
  auto when = fs::last_write_time(root / "link");
  fs::last_write_time(root / "hard", when + std::chrono::hours(1));
  std::cout << (fs::last_write_time(root / "a.txt") - when ==
                std::chrono::hours(1))
            << '\n';
  std::error_code error;
  fs::create_directory(root / "a.txt" / "b", error);
  std::cout << error.message() << ' ' << (error == std::errc::not_a_directory)
            << ' ' << error.category().name() << '\n';
  std::cout << (fs::space(".").capacity > 0) << ' '
            << fs::current_path().is_absolute() << ' '
            << fs::temp_directory_path().has_root_directory() << '\n';
  std::cout << fs::remove_all(root) << '\n';
}
