#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include <harness/cli/views/lane_printer.h>
#include <harness/cli/views/progress.h>

namespace assay::cli {

LanePrinter::LanePrinter() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void LanePrinter::note(const std::string& device, const std::string& text) {
  const std::lock_guard lock(mutex_);
  print(device, text);
}

void LanePrinter::messages(const std::string& device, const std::string& text) {
  const std::lock_guard lock(mutex_);
  std::string& rest = unfinished_[device];
  rest += text;
  for (std::size_t end = 0; (end = rest.find('\n')) != std::string::npos;) {
    const std::string line = rest.substr(0, end);
    rest.erase(0, end + 1);
    if (!line.starts_with(kProgressMark)) {
      print(device, line);
    } else if (terminal_) {
      fmt::print(stderr, "\r\033[K[{}] {}", device, line.substr(kProgressMark.size()));
      std::fflush(stderr);
    }
  }
}

void LanePrinter::print(const std::string& device, const std::string& text) const {
  fmt::print(stderr, "{}[{}] {}\n", terminal_ ? "\r\033[K" : "", device, text);
}

}  // namespace assay::cli
