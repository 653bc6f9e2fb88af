#pragma once

// The progress bar of a run, on stderr and only when stderr is a terminal.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace assay::cli {

/// "1:05" for 65 seconds.
std::string format_duration(std::chrono::seconds duration);

/// One line: bar, cells done, what is running, time left (by the mean time a cell took so far).
std::string progress_line(std::size_t done, std::size_t total, const std::string& doing,
                          std::chrono::milliseconds elapsed);

/// Begins every line of a progress that is printed as lines.
inline constexpr std::string_view kProgressMark = "assay-progress: ";

class Progress {
 public:
  /// `lines`: print a line for each step, after kProgressMark, whatever stderr is.
  explicit Progress(std::size_t total, bool lines = false);
  ~Progress();  ///< clears the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void doing(std::string what);
  void cell_done();

 private:
  void draw() const;

  bool terminal_;
  bool lines_;
  std::size_t total_;
  std::size_t done_ = 0;
  std::string doing_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace assay::cli
