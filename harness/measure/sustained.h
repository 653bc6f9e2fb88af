#pragma once

// What a run under sustained load shows: latency over time, and whether the variants keep their
// order. Pure.

#include <optional>
#include <string>
#include <vector>

#include <harness/model/cell.h>

namespace assay::measure {

struct SustainedVariant {
  std::string variant;
  /// One a span of time; nothing where the variant was not timed.
  std::vector<std::optional<double>> p50_ms;
};

/// The variants of one case that were loaded together.
struct SustainedCase {
  CellKey key;              ///< of the first variant
  double span_minutes = 0;  ///< one, or a tenth of the time when that was less than ten minutes
  double minutes = 0;       ///< in all
  std::vector<SustainedVariant> variants;
  /// From fast to slow, of the variants that have a median in both halves of the time: by their
  /// first one, and by their last one.
  std::vector<std::string> first_ranking;
  std::vector<std::string> last_ranking;
  /// Whether any two variants changed places: one was faster by more than 1 % in the first span,
  /// and slower by more than 1 % in the last. What is closer than that counts as equal.
  bool ranking_changed = false;
};

/// One row a case whose cells have counted blocks: medians of all counted executions that began in
/// the span. An unfinished last minute belongs to the one before.
std::vector<SustainedCase> summarize_sustained(const std::vector<Cell>& cells);

/// "the ranking changed between the first and the last minute: int8, int4, then int4, int8".
std::string describe_ranking(const SustainedCase& sustained);

}  // namespace assay::measure
