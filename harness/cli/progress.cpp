#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include <harness/cli/progress.h>

namespace assay::cli {

std::string format_duration(std::chrono::seconds duration) {
  const auto seconds = duration.count();
  return seconds < 3600
             ? fmt::format("{}:{:02}", seconds / 60, seconds % 60)
             : fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string progress_line(std::size_t done, std::size_t total, const std::string& doing,
                          std::chrono::milliseconds elapsed) {
  constexpr std::size_t kWidth = 24;
  const std::size_t filled = total == 0 ? 0 : kWidth * done / total;
  std::string left = "estimating";
  if (done > 0) {
    const auto per_cell = elapsed / static_cast<std::int64_t>(done);
    const auto remaining = per_cell * static_cast<std::int64_t>(total - done);
    left = format_duration(std::chrono::ceil<std::chrono::seconds>(remaining)) + " left";
  }
  return fmt::format("[{:<{}}] {}/{} cells, {}, {}", std::string(filled, '#'), kWidth, done, total,
                     left, doing);
}

Progress::Progress(std::size_t total, bool lines)
    : terminal_(!lines && ::isatty(STDERR_FILENO) == 1), lines_(lines), total_(total) {}

Progress::~Progress() {
  if (terminal_) {
    fmt::print(stderr, "\r\033[K");
  }
}

void Progress::doing(std::string what) {
  doing_ = std::move(what);
  draw();
}

void Progress::cell_done() {
  ++done_;
  draw();
}

void Progress::draw() const {
  if (!terminal_ && !lines_) {
    return;
  }
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start_);
  const std::string line = progress_line(done_, total_, doing_, elapsed);
  if (lines_) {
    fmt::print(stderr, "{}{}\n", kProgressMark, line);
  } else {
    fmt::print(stderr, "\r\033[K{}", line);
  }
  std::fflush(stderr);
}

}  // namespace assay::cli
