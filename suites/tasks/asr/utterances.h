#pragma once

// Which samples of one long recording are which utterance, and what is said in it.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>

namespace assay::suites {

struct Utterance {
  std::string name;
  std::size_t start = 0;            ///< sample of the recording
  std::size_t samples = 0;          ///< at least 1
  std::optional<std::string> text;  ///< what is said; "" where nothing is; absent: not known
};

struct UtteranceList {
  std::filesystem::path audio;  ///< as the file has it, relative to its folder
  std::string audio_sha256;     ///< of the recording's file
  int sample_rate_hz = 0;
  std::vector<Utterance> utterances;  ///< at least one; names differ
};

/// Parses {"audio":"test.flac","audio_sha256":"...","sample_rate_hz":16000,"utterances":[{"name":
/// "t000","start":0,"samples":27200,"text":"turn on the light","voice":"any"}, ...]}. Errors:
/// kCorrupt with the JSON pointer.
Result<UtteranceList> parse_utterances(std::string_view text, std::string_view name);

}  // namespace assay::suites
