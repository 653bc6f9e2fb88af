#pragma once

// The task metrics of voice activity detection, from one score a chunk. Pure. A score that is NaN
// or Inf is always taken as the wrong answer, whichever way that is, so that it cannot look good.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace assay::suites {

/// Speech or not for each chunk: score >= threshold. A non-finite score becomes the opposite of
/// `expected`. Precondition: equal sizes.
std::vector<bool> decide(std::span<const float> scores, double threshold,
                         const std::vector<bool>& expected);

/// The same for scores that are known to be finite (goldens).
std::vector<bool> decide(std::span<const float> finite_scores, double threshold);

/// Chunks where two decisions differ. Precondition: equal sizes.
std::size_t count_flips(const std::vector<bool>& a, const std::vector<bool>& b);

struct FrameQuality {
  /// TP / (TP + FP); 0 when nothing was called speech though there is some; absent when there is
  /// none either.
  std::optional<double> precision;
  std::optional<double> recall;  ///< TP / (TP + FN); absent when no chunk is labelled speech
  std::optional<double> f1;      ///< 2 TP / (2 TP + FP + FN); absent when recall is
};

/// Precondition: equal sizes.
FrameQuality frame_quality(const std::vector<bool>& decisions, const std::vector<bool>& labels);

/// Probability that a speech chunk scores above a non-speech chunk (Mann-Whitney U with average
/// ranks for ties, over both counts). Absent unless both classes are there.
std::optional<double> roc_auc(std::span<const float> scores, const std::vector<bool>& labels);

struct SegmentChanges {
  std::size_t gained = 0;  ///< segments of `actual` that overlap none of `reference`
  std::size_t lost = 0;    ///< segments of `reference` that overlap none of `actual`
};

/// A segment is a run of speech chunks. Precondition: equal sizes.
SegmentChanges segment_changes(const std::vector<bool>& reference, const std::vector<bool>& actual);

}  // namespace assay::suites
