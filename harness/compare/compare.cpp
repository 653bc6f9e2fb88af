#include <utility>

#include <fmt/format.h>

#include <harness/compare/compare.h>
#include <harness/compare/deltas.h>
#include <harness/compare/match.h>
#include <harness/compare/outputs.h>
#include <harness/compare/units.h>

namespace assay::compare {
namespace {

std::string lookup(const std::map<std::string, std::string>& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? "" : found->second;
}

std::string recipe_of(const RunInfo& run, const CellKey& key) {
  return lookup(run.recipes, key.model + "/" + key.variant);
}

/// The units of a group, with texts for those that are decided differently.
UnitComparison units_of_group(const MatchedGroup& cells, const RunInfo& run,
                              const UnitSource& source, const Policy& policy) {
  UnitComparison units = compare_units(cells.pairs, source, policy);
  if (!units.flips.empty()) {
    if (const UnitTexts* texts = source.texts_of(run, cells.key.suite)) {
      add_texts(units, *texts);
    }
  }
  return units;
}

Comparison build(Matched matched, const RunRecord& a, const RunRecord& b, Proximity proximity,
                 const UnitSource& units, const Policy& policy) {
  Comparison comparison{.run_a = a.info.uuid,
                        .run_b = b.info.uuid,
                        .excluded = std::move(matched.excluded),
                        .confidence = policy.confidence,
                        .kinds = {units.kinds().begin(), units.kinds().end()}};
  for (const MatchedGroup& cells : matched.groups) {
    Deltas deltas = make_deltas(cells.pairs, proximity, units, policy);
    comparison.groups.push_back({.key = cells.key,
                                 .recipe_a = recipe_of(a.info, cells.pairs.front().a->key),
                                 .recipe_b = recipe_of(b.info, cells.pairs.front().b->key),
                                 .weights = lookup(a.info.weights, cells.key.model),
                                 .cases = cells.pairs.size(),
                                 .overall = std::move(deltas.overall),
                                 .by_case = std::move(deltas.by_case),
                                 .units = units_of_group(cells, a.info, units, policy),
                                 .outputs = proximity == Proximity::kOtherMachine
                                                ? match_outputs(cells.pairs, units)
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
                                  std::string_view b, const UnitSource& units,
                                  const Policy& policy) {
  if (axis == Axis::kDevice) {
    return compare_devices(run, a, run, b, units, policy);
  }
  ASSAY_ASSIGN(Matched matched, match_in_run(run, axis, a, b));
  Comparison comparison =
      build(std::move(matched), run, run, Proximity::kSideBySide, units, policy);
  comparison.axis = axis;
  comparison.name_a = a;
  comparison.name_b = b;
  return comparison;
}

Result<Comparison> compare_runs(const RunRecord& a, const RunRecord& b, const UnitSource& units,
                                const Policy& policy) {
  ASSAY_ASSIGN(Matched matched, match_runs(a, b));
  Comparison comparison = build(std::move(matched), a, b, Proximity::kApart, units, policy);
  comparison.axis = Axis::kRun;
  comparison.name_a = fmt::format("run {}", a.info.id);
  comparison.name_b = fmt::format("run {}", b.info.id);
  return comparison;
}

Result<Comparison> compare_devices(const RunRecord& a, std::string_view device_a,
                                   const RunRecord& b, std::string_view device_b,
                                   const UnitSource& units, const Policy& policy) {
  ASSAY_ASSIGN(Matched matched, match_devices(a, device_a, b, device_b));
  Comparison comparison = build(std::move(matched), a, b, Proximity::kOtherMachine, units, policy);
  comparison.axis = Axis::kDevice;
  comparison.name_a = device_a;
  comparison.name_b = device_b;
  add_differences(to_words(a.info.fingerprint), to_words(b.info.fingerprint), comparison.machines);
  add_differences(a.info.device_facts, b.info.device_facts, comparison.machines);
  return comparison;
}

}  // namespace assay::compare
