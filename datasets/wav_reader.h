#pragma once

// WAV files as a model of a dataset wants them: one channel, 16-bit PCM, one sample rate. Nothing
// is resampled, mixed down or cut silently; a file that is not so is refused with what was found
// and the command that converts it. libsndfile decodes.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include <harness/base/result.h>

namespace assay::datasets {

/// Decodes a WAV file's bytes to samples in [-1, 1): int16 / 32768. `name` goes into errors.
/// Errors: kCorrupt (empty, not a WAV, truncated, no samples), kUsage (rate, channels, encoding).
Result<std::vector<float>> decode_wav(std::span<const std::byte> bytes, std::string_view name,
                                      int expected_rate_hz);

/// Reads and decodes. Errors: as above, kNotFound and kIo.
Result<std::vector<float>> read_wav(const std::filesystem::path& path, int expected_rate_hz);

}  // namespace assay::datasets
