#include <algorithm>
#include <atomic>
#include <filesystem>
#include <istream>
#include <ostream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include <harness/base/hash.h>
#include <harness/device/object_check.h>

namespace assay::device {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kMostThreads = 4;

bool make_link(const fs::path& object, const fs::path& link) {
  std::error_code code;
  // A run that is alive may use it.
  if (fs::read_symlink(link, code) == object) {
    return true;
  }
  fs::create_directories(link.parent_path(), code);
  fs::remove(link, code);
  fs::create_symlink(object, link, code);
  return !code;
}

/// The hash of each file, empty where it cannot be read. The largest file first, so that no thread
/// begins with it when the others are done.
std::vector<std::string> hash_files(std::vector<std::string>& names) {
  const auto size_of = [](const std::string& name) {
    std::error_code ignored;
    return fs::file_size(name, ignored);
  };
  std::ranges::sort(names, std::greater(), size_of);
  std::vector<std::string> hashes(names.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < names.size(); i = next++) {
      auto hash = sha256_file(names[i]);
      hashes[i] = hash.ok() ? std::move(hash).value() : "";
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads); ++i) {
    threads.emplace_back(work);
  }
  work();
  threads.clear();  // joins
  return hashes;
}

}  // namespace

int check_objects(std::istream& in, std::ostream& out) {
  const fs::path folder = fs::current_path();
  bool complete = true;
  std::set<std::string> there;
  for (std::string line; std::getline(in, line);) {
    const std::string name = line.substr(0, line.find(' '));
    const std::string link = line.substr(std::min(name.size() + 1, line.size()));
    std::error_code ignored;
    if (!link.empty()) {
      complete = make_link(folder / name, link) && complete;
    } else if (fs::is_regular_file(name, ignored)) {
      there.insert(name);
    }
  }
  std::vector<std::string> names(there.begin(), there.end());
  const std::vector<std::string> hashes = hash_files(names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    complete = complete && !hashes[i].empty();
    out << fmt::format("{}  {}\n", hashes[i], names[i]);
  }
  return complete ? 0 : 1;
}

}  // namespace assay::device
