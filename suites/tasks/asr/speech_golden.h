#pragma once

// The golden of a speech encoder: encodings of each utterance's frames, and the reference's own
// transcripts where its model writes words. scripts/make_asr_golden.py writes them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <golden/golden_file.h>

namespace assay::suites {

/// One list of word ids an utterance.
using Transcripts = std::vector<std::vector<std::int32_t>>;

struct SpeechGolden {
  std::vector<float> encodings;            ///< [sum of frames, width]
  std::optional<Transcripts> transcripts;  ///< absent: the golden is of encodings alone
};

/// Reads `frames` int32 [U], `encodings` float32 or float16 [sum of frames, width], and if they are
/// there `token_counts` int32 [U] and `tokens` int32 [their sum]. Errors: kCorrupt, also where the
/// frames are not `frames`, those that this suite cuts the utterances into.
Result<SpeechGolden> parse_speech_golden(const golden::GoldenFile& file,
                                         std::span<const std::size_t> frames, std::size_t width);

}  // namespace assay::suites
