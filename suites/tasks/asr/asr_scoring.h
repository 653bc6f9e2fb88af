#pragma once

// The figures of speech recognition against a golden and against what was said (docs/guide/asr.md).
// Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <suites/task_adapter.h>
#include <suites/tasks/asr/word_errors.h>

namespace assay::suites {

/// Errors of several utterances together: their sum over the sum of the lengths, and the standard
/// error of that ratio over utterances (Cochran, Sampling Techniques, 6.4); no standard error below
/// eleven utterances. Absent when all lengths are 0. Precondition: equal sizes.
struct ErrorRate {
  double rate = 0;
  std::optional<double> standard_error;
};
std::optional<ErrorRate> error_rate(std::span<const double> errors,
                                    std::span<const double> lengths);

/// Adds encoding_* and the series "encoding_error" (largest error of each frame),
/// "utterance_frames", "utterance_sqnr_db". `frames`: of each utterance. Preconditions: `reference`
/// and `actual` are [sum of frames, width].
void score_encodings(CaseScores& result, std::span<const float> reference,
                     std::span<const float> actual, std::span<const std::size_t> frames,
                     std::size_t width);

/// Adds wer, its parts, cer and the series "word_errors" and "reference_words" of the utterances
/// whose text is known. An utterance without a transcript has lost all its words. Precondition:
/// equal sizes.
void score_words(CaseScores& result, std::span<const std::optional<std::string>> references,
                 std::span<const std::optional<std::string>> transcripts);

/// Adds wer_vs_golden, transcripts_unchanged and the series "word_errors_vs_golden": transcripts
/// against the reference's own. An utterance without a transcript is changed. Precondition: equal
/// sizes.
void score_changes(CaseScores& result, std::span<const std::string> golden,
                   std::span<const std::optional<std::string>> transcripts);

}  // namespace assay::suites
