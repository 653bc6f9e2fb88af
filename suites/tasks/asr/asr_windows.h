#pragma once

// How audio is cut into the windows that a speech encoder takes, and which frames of each window
// count (docs/guide/asr.md).

#include <cstddef>
#include <vector>

#include <suites/tasks/asr/asr_manifest.h>

namespace assay::suites {

/// A window of an utterance. What is missing at its end is filled with zeros.
struct SpeechWindow {
  std::size_t start = 0;        ///< first sample
  std::size_t samples = 0;      ///< at most the window's size
  std::size_t first_frame = 0;  ///< its own frames, [first_frame, last_frame): the others are
  std::size_t last_frame = 0;   ///< padding, or a neighbour's
  std::size_t frames() const { return last_frame - first_frame; }
  friend bool operator==(const SpeechWindow&, const SpeechWindow&) = default;
};

/// One window if all of it fits into one, else windows that overlap. Of an overlap of k frames the
/// earlier window owns the first floor(k / 2), the later one the others. The last window is the
/// first that reaches the end. Together they own ceil(samples / samples_per_frame) frames.
/// Precondition: samples > 0.
std::vector<SpeechWindow> cut_windows(std::size_t samples, const AsrSuite& task);

}  // namespace assay::suites
