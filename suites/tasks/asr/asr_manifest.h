#pragma once

// What a suite of speech recognition says of its task and of its cases.

#include <cstddef>
#include <filesystem>
#include <optional>

#include <harness/base/json.h>
#include <harness/base/result.h>
#include <harness/model/manifest.h>

namespace assay::suites {

/// The log-mel of a window of audio in, encodings of its frames out, and if there is a vocabulary,
/// logits over its words.
struct AsrSuite {
  int sample_rate_hz = 16000;
  std::size_t window_samples = 64'000;
  std::size_t overlap_samples = 16'000;  ///< of a window with the one before, in longer audio
  std::size_t samples_per_frame = 640;   ///< of the model's outputs
  std::size_t mel_bins = 80;
  std::filesystem::path vocabulary;  ///< the words of the logits; empty: only encodings are judged

  std::size_t frames_per_window() const { return window_samples / samples_per_frame; }
};

/// Noise that is mixed into each utterance of a case.
struct NoiseSpec {
  std::filesystem::path wav;
  double snr_db = 0;  ///< power of the utterance over that of the noise
};

struct AsrCase {
  /// The audio. Empty: `utterances` says where it is.
  std::filesystem::path wav = {};
  std::filesystem::path utterances = {};  ///< which samples of the audio are which utterance
  std::optional<NoiseSpec> noise = {};
};

/// Reads the object "asr". Relative paths start at `folder`. Errors: kUsage, naming the place.
Result<AsrSuite> read_asr_suite(const JsonValue& value, const std::filesystem::path& folder);

/// Reads {"name", "utterances"} or, for one recording, {"name", "wav"}; with "golden" and "noise"
/// if there are any. Errors: kUsage.
Result<CaseSpec> read_asr_case(const JsonValue& value, const std::filesystem::path& folder);

/// Reads {"wav", "snr_db"}. Errors: kUsage.
Result<NoiseSpec> read_noise(const JsonValue& value, const std::filesystem::path& folder);

}  // namespace assay::suites
