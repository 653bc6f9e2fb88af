#include <algorithm>

#include <suites/tasks/asr/asr_windows.h>

namespace assay::suites {

std::vector<SpeechWindow> cut_windows(std::size_t samples, const AsrSuite& task) {
  const std::size_t overlap_frames = task.overlap_samples / task.samples_per_frame;
  const std::size_t successors = overlap_frames - overlap_frames / 2;
  std::vector<SpeechWindow> windows;
  for (std::size_t start = 0;; start += task.window_samples - task.overlap_samples) {
    const std::size_t left = samples - start;
    SpeechWindow window{.start = start, .samples = std::min(left, task.window_samples)};
    window.first_frame = start == 0 ? 0 : overlap_frames / 2;
    if (left <= task.window_samples) {
      window.last_frame = (left + task.samples_per_frame - 1) / task.samples_per_frame;
      windows.push_back(window);
      return windows;
    }
    window.last_frame = task.frames_per_window() - successors;
    windows.push_back(window);
  }
}

}  // namespace assay::suites
