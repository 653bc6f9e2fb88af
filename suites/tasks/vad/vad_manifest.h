#pragma once

// What a suite of voice activity detection says of its task and of its cases.

#include <cstddef>
#include <filesystem>
#include <optional>

#include <harness/base/json.h>
#include <harness/base/result.h>
#include <harness/model/manifest.h>

namespace assay::suites {

/// Audio cut into chunks, one speech score a chunk.
struct VadSuite {
  int sample_rate_hz = 16000;
  std::size_t chunk_samples = 512;   ///< new samples a step
  std::size_t context_samples = 64;  ///< samples of the previous chunk put in front
  double threshold = 0.5;            ///< a score at or above it is speech
};

struct VadCase {
  std::filesystem::path wav;
  std::optional<std::filesystem::path> labels;
};

/// Reads the object "vad". Errors: kUsage, naming the place.
Result<VadSuite> read_vad_suite(const JsonValue& value);

/// Reads {"name", "wav", "golden", "labels"}. Relative paths start at `folder`. Errors: kUsage.
Result<CaseSpec> read_vad_case(const JsonValue& value, const std::filesystem::path& folder);

}  // namespace assay::suites
