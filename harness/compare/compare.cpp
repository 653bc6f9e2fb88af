#include <utility>

#include <fmt/format.h>

#include <harness/compare/compare.h>
#include <harness/compare/deltas.h>
#include <harness/compare/flips.h>
#include <harness/compare/match.h>
#include <harness/compare/outputs.h>
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
                                 .transcripts = compare_transcripts(cells.pairs),
                                 .outputs = proximity == Proximity::kOtherMachine
                                                ? match_outputs(cells.pairs)
                                                : std::vector<OutputMatch>()});
  }
  return comparison;
}

/// The keys of either map whose values are not the same; a missing one is "unknown".
void add_differences(const std::map<std::string, std::string>& a,
                     const std::map<std::string, std::string>& b,
                     std::vector<MachineDifference>& differences) {
  std::map<std::string, MachineDifference> all;
  for (const auto& [key, value] : a) {
    all[key] = {key, value, "unknown"};
  }
  for (const auto& [key, value] : b) {
    all.try_emplace(key, MachineDifference{key, "unknown", ""}).first->second.b = value;
  }
  for (const auto& [key, difference] : all) {
    if (difference.a != difference.b) {
      differences.push_back(difference);
    }
  }
}

}  // namespace

Result<Comparison> compare_in_run(const RunRecord& run, Axis axis, std::string_view a,
                                  std::string_view b, const Policy& policy) {
  if (axis == Axis::kDevice) {
    return compare_devices(run, a, run, b, policy);
  }
  ASSAY_ASSIGN(Matched matched, match_in_run(run, axis, a, b));
  Comparison comparison = build(std::move(matched), run, run, Proximity::kSideBySide, policy);
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

Result<Comparison> compare_devices(const RunRecord& a, std::string_view device_a,
                                   const RunRecord& b, std::string_view device_b,
                                   const Policy& policy) {
  ASSAY_ASSIGN(Matched matched, match_devices(a, device_a, b, device_b));
  Comparison comparison = build(std::move(matched), a, b, Proximity::kOtherMachine, policy);
  comparison.axis = Axis::kDevice;
  comparison.name_a = device_a;
  comparison.name_b = device_b;
  add_differences(to_words(a.info.fingerprint), to_words(b.info.fingerprint), comparison.machines);
  add_differences(a.info.device_facts, b.info.device_facts, comparison.machines);
  return comparison;
}

}  // namespace assay::compare
