#pragma once

// Audio files of either kind that the datasets hold: WAV, or FLAC where space counts. Which of them
// a file is says its content, not its name. One channel, 16 bits, one sample rate, as wav_reader.h.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include <harness/base/result.h>

namespace assay::datasets {

/// The longest FLAC file that is decoded, in samples (four hours at 16 kHz): a small damaged file
/// may claim any length.
inline constexpr std::size_t kMaxFlacSamples = std::size_t{4} * 3600 * 16'000;

/// Decodes a file's bytes to samples in [-1, 1): int16 / 32768. `name` goes into errors. Errors:
/// kCorrupt (empty, neither WAV nor FLAC, truncated, damaged, no samples), kUsage (rate, channels,
/// encoding, too long).
Result<std::vector<float>> decode_audio(std::span<const std::byte> bytes, std::string_view name,
                                        int expected_rate_hz);

/// Reads and decodes. Errors: as above, kNotFound and kIo.
Result<std::vector<float>> read_audio(const std::filesystem::path& path, int expected_rate_hz);

}  // namespace assay::datasets
