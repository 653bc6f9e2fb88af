#include <utility>

#include <fmt/format.h>

#include <harness/compare/compare.h>
#include <harness/compare/deltas.h>
#include <harness/compare/flips.h>
#include <harness/compare/match.h>
#include <harness/compare/tokens.h>
#include <harness/compare/transcripts.h>

namespace assay::compare {
namespace {

std::string lookup(const std::map<std::string, std::string>& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? "" : found->second;
}

std::string recipe_of(const RunInfo& run, const CellKey& key) {
  return lookup(run.recipes, key.model + "/" + key.variant);
}

Comparison build(Matched matched, const RunRecord& a, const RunRecord& b, Proximity proximity,
                 const Policy& policy) {
  Comparison comparison{.run_a = a.info.uuid,
                        .run_b = b.info.uuid,
                        .excluded = std::move(matched.excluded),
                        .confidence = policy.confidence};
  for (const MatchedGroup& cells : matched.groups) {
    Deltas deltas = make_deltas(cells.pairs, proximity, policy);
    comparison.groups.push_back({.key = cells.key,
                                 .recipe_a = recipe_of(a.info, cells.pairs.front().a->key),
                                 .recipe_b = recipe_of(b.info, cells.pairs.front().b->key),
                                 .weights = lookup(a.info.weights, cells.key.model),
                                 .cases = cells.pairs.size(),
                                 .overall = std::move(deltas.overall),
                                 .by_case = std::move(deltas.by_case),
                                 .flips = find_flips(cells.pairs),
                                 .tokens = compare_tokens(cells.pairs, policy),
                                 .transcripts = compare_transcripts(cells.pairs)});
  }
  return comparison;
}

}  // namespace

Result<Comparison> compare_in_run(const RunRecord& run, Axis axis, std::string_view a,
                                  std::string_view b, const Policy& policy) {
  ASSAY_ASSIGN(Matched matched, match_in_run(run, axis, a, b));
  const Proximity proximity = axis == Axis::kDevice ? Proximity::kApart : Proximity::kSideBySide;
  Comparison comparison = build(std::move(matched), run, run, proximity, policy);
  comparison.axis = axis;
  comparison.name_a = a;
  comparison.name_b = b;
  return comparison;
}

Result<Comparison> compare_runs(const RunRecord& a, const RunRecord& b, const Policy& policy) {
  ASSAY_ASSIGN(Matched matched, match_runs(a, b));
  Comparison comparison = build(std::move(matched), a, b, Proximity::kApart, policy);
  comparison.axis = Axis::kRun;
  comparison.name_a = fmt::format("run {}", a.info.id);
  comparison.name_b = fmt::format("run {}", b.info.id);
  return comparison;
}

}  // namespace assay::compare
