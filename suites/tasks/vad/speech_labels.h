#pragma once

// Where a clip holds speech: sorted segments of samples, made when the clip was built.

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include <harness/base/result.h>

namespace assay::suites {

/// Samples [start, end).
struct SampleRange {
  std::size_t start = 0;
  std::size_t end = 0;
};

struct SpeechLabels {
  int sample_rate_hz = 0;
  std::size_t samples = 0;            ///< length of the clip
  std::vector<SampleRange> segments;  ///< sorted, apart from each other, within the clip
};

/// Parses a labels file: {"version":1,"sample_rate_hz":16000,"samples":N,"segments":[[start,end],
/// ...],"how":"..."}. Errors: kCorrupt with the JSON pointer.
Result<SpeechLabels> parse_speech_labels(std::string_view text, std::string_view name);

/// Reads and parses. Errors: as above, kNotFound and kIo.
Result<SpeechLabels> read_speech_labels(const std::filesystem::path& path);

/// One value a chunk of `chunk_samples`: true when at least half of the chunk's samples are inside
/// segments. The last chunk counts only the samples that the clip has.
std::vector<bool> label_chunks(const SpeechLabels& labels, std::size_t chunk_samples);

}  // namespace assay::suites
