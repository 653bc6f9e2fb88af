#include <array>

#include <suites/stored_series.h>
#include <suites/tasks/vad/vad_units.h>

namespace assay::suites {
namespace {

constexpr std::array kVadColumns{NamedMetric{"score_mean_abs_error", "score error"},
                                 NamedMetric{"score_sqnr_db", "SQNR"},
                                 NamedMetric{"frame_f1", "frame F1"}};
constexpr std::array kVadCards{NamedMetric{"score_sqnr_db", "Fidelity (SQNR)"},
                               NamedMetric{"frame_f1", "Frame F1"}};
constexpr std::array kVadDrift{NamedMetric{"score_error", "score error"},
                               NamedMetric{"state_h_error", "state h error"},
                               NamedMetric{"state_c_error", "state c error"}};

constexpr UnitKind kVadUnit{.singular = "chunk",
                            .plural = "chunks",
                            .flips = "changes its decision",
                            .flips_many = "change their decision",
                            .title = "Decision flips",
                            .index_key = "chunk",
                            .timed = true,
                            .scores = true,
                            .reference = {.title = "golden", .key = "golden"},
                            .columns = kVadColumns,
                            .cards = kVadCards,
                            .drift = kVadDrift,
                            .output_series = "score",
                            .gated = true};

std::vector<UnitDecision> decisions_of(const std::vector<float>& scores, double threshold) {
  std::vector<UnitDecision> decisions;
  decisions.reserve(scores.size());
  for (const float score : scores) {
    const auto value = static_cast<double>(score);
    decisions.push_back({.labels = {value >= threshold ? 1 : 0}, .score = value});
  }
  return decisions;
}

}  // namespace

const UnitKind& vad_unit() { return kVadUnit; }

std::optional<UnitTable> vad_units_of(const Cell& cell) {
  const std::vector<float>* scores = find_stored_series(cell, "score");
  if (scores == nullptr) {
    return std::nullopt;
  }
  UnitTable units{.kind = &kVadUnit,
                  .count = scores->size(),
                  .decisions = decisions_of(*scores, cell.decision_threshold),
                  .seconds_each = cell.audio_seconds / static_cast<double>(scores->size()),
                  .threshold = cell.decision_threshold};
  if (const auto* golden = find_stored_series(cell, "golden_score", scores->size())) {
    units.reference = decisions_of(*golden, cell.decision_threshold);
  }
  return units;
}

}  // namespace assay::suites
