#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <harness/compare/figures.h>
#include <harness/gate/rows.h>
#include <harness/stats/summary.h>

namespace assay::gate {
namespace {

std::map<CellKey, const Cell*> index_cells(const RunRecord* run) {
  std::map<CellKey, const Cell*> index;
  if (run != nullptr) {
    for (const Cell& cell : run->cells) {
      index.emplace(cell.key, &cell);
    }
  }
  return index;
}

void append(std::vector<GateRow>& rows, std::vector<GateRow> more) {
  std::ranges::move(more, std::back_inserter(rows));
}

/// How narrow the intervals of times became, so that a reader knows what could have been seen.
/// Precondition: there is one.
std::string what_was_resolved(const std::vector<GateRow>& rows) {
  std::vector<double> half_widths;
  std::vector<double> pairs;
  for (const GateRow& row : rows) {
    if (row.basis == Basis::kSideBySide && row.interval) {
      half_widths.push_back((row.interval->high - row.interval->low) / 2);
      pairs.push_back(static_cast<double>(row.pairs));
    }
  }
  return fmt::format(
      "times were measured in {:.0f} pairs of processes (median), which resolved +-{:.2f} % "
      "(median; "
      "the widest +-{:.2f} %)",
      stats::median_in_place(pairs), 100 * stats::median_in_place(half_widths),
      100 * *std::ranges::max_element(half_widths));
}

void add_notes(const Evidence& evidence, GateReport& report) {
  if (evidence.candidate->info.fingerprint.tool_dirty.value() == true) {
    report.notes.emplace_back("the candidate was built from a dirty work tree");
  }
  if (evidence.baseline == nullptr) {
    report.notes.emplace_back(
        "there is no baseline: only what every run must fulfil by itself was judged");
    return;
  }
  if (report.tests == 0) {
    report.notes.emplace_back("no time was measured side by side");
    return;
  }
  report.notes.push_back(what_was_resolved(report.rows));
  const bool calibrated = std::ranges::any_of(
      report.rows, [](const GateRow& row) { return row.minimum_detectable_effect.has_value(); });
  if (!calibrated) {
    report.notes.emplace_back(
        "this machine is not calibrated: what it can detect is not known; see `assay gate "
        "calibrate`");
  }
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kWarn:
      return "warn";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kMissing:
      return "missing";
    case Verdict::kFail:
      return "fail";
  }
  return "";
}

Verdict overall_verdict(const std::vector<GateRow>& rows) {
  if (rows.empty()) {
    return Verdict::kFail;  // nothing was judged
  }
  Verdict worst = Verdict::kPass;
  for (const GateRow& row : rows) {
    worst = std::max(worst, row.verdict);
  }
  return worst == Verdict::kMissing ? Verdict::kFail : worst;
}

GateReport judge(const Evidence& evidence, const UnitSource& units, const Policy& policy) {
  GateReport report{.candidate = evidence.candidate->info,
                    .policy_name = policy.name,
                    .confidence = policy.confidence,
                    .false_discovery_rate = policy.false_discovery_rate};
  if (evidence.baseline != nullptr) {
    report.baseline = evidence.baseline->info;
  }
  const auto baseline = index_cells(evidence.baseline);
  const auto candidate = index_cells(evidence.candidate);
  for (const Cell& cell : evidence.candidate->cells) {
    const auto found = baseline.find(cell.key);
    const Cell* before = found == baseline.end() ? nullptr : found->second;
    report.rows.push_back(status_row(cell, before));
    if (before == nullptr || !compare::is_measured(*before) || !compare::is_measured(cell)) {
      continue;
    }
    append(report.rows, stored_rows(cell, *before, units, policy));
    append(report.rows, time_rows(cell, *before, evidence, policy));
  }
  for (const auto& [key, cell] : baseline) {
    if (!candidate.contains(key)) {
      report.rows.push_back(dropped_row(*cell));
    }
  }
  settle_time_rows(report.rows, evidence, policy, report);
  add_notes(evidence, report);
  report.verdict = overall_verdict(report.rows);
  return report;
}

std::vector<const GateRow*> suspects(const GateReport& report) {
  std::vector<const GateRow*> found;
  for (const GateRow& row : report.rows) {
    const bool worse = row.basis == Basis::kSideBySide && row.p_value && row.allowed &&
                       *row.p_value < report.false_discovery_rate &&
                       worsening(*row.metric, *row.effect) >
                           std::max(*row.allowed, row.minimum_detectable_effect.value_or(0));
    if (worse) {
      found.push_back(&row);
    }
  }
  return found;
}

}  // namespace assay::gate
