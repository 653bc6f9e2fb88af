#include <cmath>

#include <harness/compare/units.h>
#include <harness/stats/summary.h>

namespace assay::compare {
namespace {

/// The units of one case on both sides.
struct PairedUnits {
  UnitTable a;
  UnitTable b;
};

std::optional<PairedUnits> pair_units(const CellPair& cells, const UnitSource& source) {
  auto a = source.units_of(*cells.a);
  auto b = source.units_of(*cells.b);
  if (!a || !b || a->kind != b->kind || a->count != b->count) {
    return std::nullopt;
  }
  return PairedUnits{*std::move(a), *std::move(b)};
}

UnitFlip make_flip(const std::string& case_name, std::size_t unit, const PairedUnits& units) {
  UnitFlip flip{.case_name = case_name,
                .unit = unit,
                .seconds = static_cast<double>(unit) * units.a.seconds_each,
                .a = {.decision = units.a.decisions[unit]},
                .b = {.decision = units.b.decisions[unit]}};
  if (!units.a.reference.empty()) {
    flip.reference = UnitValue{.decision = units.a.reference[unit]};
  }
  if (!units.a.errors.empty() && !units.b.errors.empty()) {
    flip.error_a = units.a.errors[unit];
    flip.error_b = units.b.errors[unit];
  }
  return flip;
}

/// Returns how many flips the case has.
std::size_t add_flips(const std::string& case_name, const PairedUnits& units,
                      UnitComparison& comparison) {
  const std::size_t before = comparison.flips.size();
  if (!units.a.decisions.empty() && !units.b.decisions.empty()) {
    comparison.decided += units.a.count;
    for (std::size_t unit = 0; unit < units.a.count; ++unit) {
      if (units.a.decisions[unit].labels != units.b.decisions[unit].labels) {
        comparison.flips.push_back(make_flip(case_name, unit, units));
      }
    }
  }
  return comparison.flips.size() - before;
}

void add_errors(const PairedUnits& units, UnitComparison& comparison,
                std::vector<double>& differences) {
  const auto& a = units.a.errors;
  const auto& b = units.b.errors;
  if (a.size() != b.size()) {
    return;
  }
  for (std::size_t unit = 0; unit < a.size(); ++unit) {
    comparison.a_closer += a[unit] < b[unit] ? 1U : 0U;
    comparison.b_closer += b[unit] < a[unit] ? 1U : 0U;
    if (std::isfinite(a[unit]) && std::isfinite(b[unit])) {
      differences.push_back(b[unit] - a[unit]);
    }
  }
}

}  // namespace

UnitComparison compare_units(std::span<const CellPair> pairs, const UnitSource& source,
                             const Policy& policy) {
  UnitComparison comparison;
  std::vector<double> differences;
  std::size_t most = 0;
  for (const CellPair& cells : pairs) {
    const auto units = pair_units(cells, source);
    if (!units || (comparison.kind != nullptr && comparison.kind != units->a.kind)) {
      continue;
    }
    comparison.kind = units->a.kind;
    comparison.threshold = units->a.threshold;
    comparison.count += units->a.count;
    const std::string& case_name = cells.a->key.case_name;
    const std::size_t flips = add_flips(case_name, *units, comparison);
    if (flips > most) {
      most = flips;
      comparison.worst_case = case_name;
    }
    if (!units->a.kind->error.title.empty()) {
      add_errors(*units, comparison, differences);
    }
  }
  if (!differences.empty()) {
    comparison.mean_difference = stats::mean(differences);
  }
  if (differences.size() > 1) {
    comparison.interval = stats::bootstrap_interval(
        differences, stats::mean_in_place,
        {.resamples = policy.case_resamples, .confidence = policy.confidence, .seed = policy.seed});
  }
  return comparison;
}

void add_texts(UnitComparison& comparison, const UnitTexts& texts) {
  for (UnitFlip& flip : comparison.flips) {
    flip.context = texts.context(flip.case_name, flip.unit);
    flip.a.text = texts.decision(flip.a.decision);
    flip.b.text = texts.decision(flip.b.decision);
    if (flip.reference) {
      flip.reference->text = texts.decision(flip.reference->decision);
    }
  }
}

}  // namespace assay::compare
