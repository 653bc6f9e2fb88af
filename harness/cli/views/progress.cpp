#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include <harness/cli/views/progress.h>

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

ProgressBar::ProgressBar(ProgressStyle style)
    : terminal_(style == ProgressStyle::kBar && ::isatty(STDERR_FILENO) == 1),
      lines_(style == ProgressStyle::kLines) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::begin(std::size_t steps) {
  total_ = steps;
  done_ = 0;
  start_ = std::chrono::steady_clock::now();
  shown_ = true;
}

void ProgressBar::doing(const std::string& what) {
  doing_ = what;
  draw();
}

void ProgressBar::step_done() {
  ++done_;
  draw();
}

void ProgressBar::end() {
  clear();
  shown_ = false;
}

void ProgressBar::note(const std::string& text) {
  clear();
  fmt::print(stderr, "assay: {}\n", text);
}

void ProgressBar::clear() const {
  if (terminal_ && shown_) {
    fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
  }
}

void ProgressBar::draw() const {
  if (!shown_ || (!terminal_ && !lines_)) {
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
