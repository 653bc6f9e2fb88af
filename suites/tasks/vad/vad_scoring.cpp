#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <suites/tasks/vad/vad_scoring.h>

namespace assay::suites {
namespace {

constexpr float kUnbounded = std::numeric_limits<float>::infinity();

bool is_speech(float score, double threshold) { return static_cast<double>(score) >= threshold; }

/// Runs of true in `from` without a true in `other`.
std::size_t count_runs_without(const std::vector<bool>& from, const std::vector<bool>& other) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < from.size();) {
    if (!from[i]) {
      ++i;
      continue;
    }
    bool overlaps = false;
    for (; i < from.size() && from[i]; ++i) {
      overlaps = overlaps || other[i];
    }
    count += overlaps ? 0U : 1U;
  }
  return count;
}

double ratio(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::vector<bool> decide(std::span<const float> scores, double threshold,
                         const std::vector<bool>& expected) {
  std::vector<bool> speech(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    speech[i] = std::isfinite(scores[i]) ? is_speech(scores[i], threshold) : !expected[i];
  }
  return speech;
}

std::vector<bool> decide(std::span<const float> finite_scores, double threshold) {
  std::vector<bool> speech(finite_scores.size());
  std::transform(finite_scores.begin(), finite_scores.end(), speech.begin(),
                 [&](float score) { return is_speech(score, threshold); });
  return speech;
}

std::size_t count_flips(const std::vector<bool>& a, const std::vector<bool>& b) {
  std::size_t flips = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    flips += a[i] != b[i] ? 1U : 0U;
  }
  return flips;
}

FrameQuality frame_quality(const std::vector<bool>& decisions, const std::vector<bool>& labels) {
  std::size_t true_positives = 0;
  std::size_t false_positives = 0;
  std::size_t false_negatives = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    true_positives += decisions[i] && labels[i] ? 1U : 0U;
    false_positives += decisions[i] && !labels[i] ? 1U : 0U;
    false_negatives += !decisions[i] && labels[i] ? 1U : 0U;
  }
  const std::size_t called = true_positives + false_positives;
  const std::size_t labelled = true_positives + false_negatives;
  FrameQuality quality;
  if (called > 0) {
    quality.precision = ratio(true_positives, called);
  } else if (labelled > 0) {
    quality.precision = 0;
  }
  if (labelled > 0) {
    quality.recall = ratio(true_positives, labelled);
    quality.f1 = ratio(2 * true_positives, called + labelled);
  }
  return quality;
}

std::optional<double> roc_auc(std::span<const float> scores, const std::vector<bool>& labels) {
  std::vector<float> ordered(scores.begin(), scores.end());
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    if (!std::isfinite(ordered[i])) {
      ordered[i] = labels[i] ? -kUnbounded : kUnbounded;
    }
  }
  std::vector<std::size_t> order(ordered.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return ordered[a] < ordered[b]; });
  double speech_rank_sum = 0;
  std::size_t speech = 0;
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first;
    while (end < order.size() && ordered[order[end]] == ordered[order[first]]) {
      ++end;
    }
    // Ranks count from 1; equal scores share the mean of theirs.
    const double rank = static_cast<double>(first + 1 + end) / 2;
    for (; first < end; ++first) {
      if (labels[order[first]]) {
        speech_rank_sum += rank;
        ++speech;
      }
    }
  }
  const std::size_t other = ordered.size() - speech;
  if (speech == 0 || other == 0) {
    return std::nullopt;
  }
  const auto n = static_cast<double>(speech);
  return (speech_rank_sum - n * (n + 1) / 2) / (n * static_cast<double>(other));
}

SegmentChanges segment_changes(const std::vector<bool>& reference,
                               const std::vector<bool>& actual) {
  return {.gained = count_runs_without(actual, reference),
          .lost = count_runs_without(reference, actual)};
}

}  // namespace assay::suites
