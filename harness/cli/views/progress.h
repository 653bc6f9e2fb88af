#pragma once

// Progress on stderr: a bar where stderr is a terminal, or lines for who reads it from afar.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <harness/base/progress.h>

namespace assay::cli {

/// "1:05" for 65 seconds.
std::string format_duration(std::chrono::seconds duration);

/// One line: bar, cells done, what is running, time left (by the mean time a cell took so far).
std::string progress_line(std::size_t done, std::size_t total, const std::string& doing,
                          std::chrono::milliseconds elapsed);

/// Begins every line of a progress that is printed as lines.
inline constexpr std::string_view kProgressMark = "assay-progress: ";

/// kBar: drawn where stderr is a terminal, nothing elsewhere. kLines: a line for each step, after
/// kProgressMark, whatever stderr is.
enum class ProgressStyle { kBar, kLines };

class ProgressBar : public Progress {
 public:
  explicit ProgressBar(ProgressStyle style = ProgressStyle::kBar);
  ~ProgressBar() override;  ///< clears the line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void begin(std::size_t steps) override;
  void doing(const std::string& what) override;
  void step_done() override;
  void end() override;
  void note(const std::string& text) override;

 private:
  void draw() const;
  void clear() const;

  bool terminal_;
  bool lines_;
  bool shown_ = false;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  std::string doing_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace assay::cli
