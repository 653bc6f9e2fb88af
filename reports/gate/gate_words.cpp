#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reports/canvas/format.h>
#include <reports/gate/gate_words.h>

namespace assay::reports {
namespace {

using gate::GateReport;
using gate::GateRow;
using gate::Verdict;

constexpr std::size_t kShownUuid = 8;

/// Worst first: the order in which a reader wants to know.
constexpr std::array kWorstFirst{Verdict::kFail, Verdict::kMissing, Verdict::kWarn,
                                 Verdict::kInconclusive, Verdict::kPass};

std::string value_words(const GateRow& row, std::optional<double> value) {
  return row.metric != nullptr && value ? format_value(*row.metric, *value) : "-";
}

/// A ratio as the change that a policy speaks of: 1.02 is "+2.00 %".
std::string change_of_ratio(double ratio) { return fmt::format("{:+.2f}", 100 * (ratio - 1)); }

/// What a limit or a detectable effect is, in the unit of the metric's comparison.
std::string amount_words(const MetricInfo& metric, double amount) {
  return metric.comparison == Comparison::kRatio ? format_percent(amount)
                                                 : format_value(metric, amount);
}

/// Whether the rows' cells differ in something.
template <typename Member>
bool varies(const std::vector<GateRow>& rows, Member member) {
  return std::ranges::any_of(
      rows, [&](const GateRow& row) { return row.key.*member != rows.front().key.*member; });
}

}  // namespace

GateRows rows_with(const GateReport& report, std::span<const Verdict> verdicts) {
  GateRows rows;
  for (const GateRow& row : report.rows) {
    if (std::ranges::find(verdicts, row.verdict) != verdicts.end()) {
      rows.push_back(&row);
    }
  }
  return rows;
}

std::string gate_outcome(const GateReport& report) {
  if (report.rows.empty()) {
    return "failed";
  }
  switch (report.verdict) {
    case Verdict::kPass:
      return "passed";
    case Verdict::kWarn:
      return "passed with warnings";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kMissing:
    case Verdict::kFail:
      return "failed";
  }
  return "failed";
}

std::string count_verdicts(const GateReport& report) {
  std::vector<std::string> counts;
  for (const Verdict verdict : kWorstFirst) {
    const auto count =
        static_cast<std::uint64_t>(std::ranges::count(report.rows, verdict, &GateRow::verdict));
    if (count > 0) {
      counts.push_back(fmt::format("{} {}", format_count(count), verdict_name(verdict)));
    }
  }
  return counts.empty() ? "nothing was judged" : fmt::format("{}", fmt::join(counts, ", "));
}

std::string describe_gated_run(const RunInfo& run) {
  std::string words = fmt::format("run {} ({})", run.id, run.uuid.substr(0, kShownUuid));
  if (!run.revision.empty()) {
    words += ", revision " + short_revision(run.revision);
  }
  if (!run.started_utc.empty()) {
    words += ", " + run.started_utc;
  }
  return printable(words);
}

std::string describe_baseline(const GateReport& report) {
  if (!report.baseline) {
    return report.baseline_choice.empty() ? "none" : printable("none: " + report.baseline_choice);
  }
  const std::string run = describe_gated_run(*report.baseline);
  return report.baseline_choice.empty() ? run : run + "; " + printable(report.baseline_choice);
}

std::string describe_policy(const GateReport& report) {
  std::string words = printable(report.policy_name);
  if (report.tests > 0) {
    words += fmt::format("; {} p-values corrected together, false discovery rate {}, confidence {}",
                         format_count(report.tests), format_percent(report.false_discovery_rate),
                         format_percent(report.confidence));
  }
  return words;
}

GateRowNames::GateRowNames(const GateReport& report)
    : suites_(varies(report.rows, &CellKey::suite)),
      models_(varies(report.rows, &CellKey::model)),
      backends_(varies(report.rows, &CellKey::backend)),
      threads_(varies(report.rows, &CellKey::threads)),
      devices_(varies(report.rows, &CellKey::device)) {}

std::string GateRowNames::case_name(const CellKey& key) const {
  return printable((suites_ ? key.suite + "/" : "") + (models_ ? key.model + "/" : "") +
                   key.case_name);
}

std::string GateRowNames::variant(const CellKey& key) const {
  return printable(key.variant + (backends_ ? " " + key.backend : "") +
                   (threads_ ? fmt::format(" {}t", key.threads) : "") +
                   (devices_ ? " " + key.device : ""));
}

std::string GateRowNames::row(const GateRow& row) const {
  return fmt::format("{}, {}, {}", case_name(row.key), variant(row.key), metric_words(row));
}

std::string metric_words(const GateRow& row) {
  if (row.metric == nullptr) {
    return "status";
  }
  const std::string label(row.metric->label);
  return row.question && *row.question != Question::kBoth
             ? fmt::format("{} ({})", label, question_name(*row.question))
             : label;
}

std::string change_words(const GateRow& row) {
  if (row.metric == nullptr || !row.effect) {
    return "-";
  }
  if (row.metric->comparison == Comparison::kRatio) {
    const std::string change = change_of_ratio(*row.effect) + " %";
    return row.interval ? fmt::format("{} ({} to {})", change, change_of_ratio(row.interval->low),
                                      change_of_ratio(row.interval->high))
                        : change;
  }
  const std::string change = format_effect(*row.metric, *row.effect);
  return row.interval ? fmt::format("{} ({})", change, format_interval(*row.metric, *row.interval))
                      : change;
}

std::string limit_words(const GateRow& row) {
  return row.metric != nullptr && row.allowed ? amount_words(*row.metric, *row.allowed) : "-";
}

std::string reason_words(const GateRow& row) {
  std::vector<std::string> evidence;
  if (row.pairs > 0) {
    evidence.push_back(fmt::format("{} pairs", row.pairs));
  }
  if (row.p_value) {
    evidence.push_back("p = " + format_significant(*row.p_value, 2));
  }
  if (row.minimum_detectable_effect && row.metric != nullptr) {
    evidence.push_back("detectable from " +
                       amount_words(*row.metric, *row.minimum_detectable_effect));
  }
  std::string reason = printable(row.reason);
  if (evidence.empty()) {
    return reason;
  }
  const std::string rests_on = fmt::format("{}", fmt::join(evidence, ", "));
  return reason.empty() ? rests_on : fmt::format("{} ({})", reason, rests_on);
}

Table gate_table(const GateRowNames& names, const GateRows& rows) {
  Table table{.columns = {{"case", ColumnKind::kText, 24},
                          {"variant", ColumnKind::kText, 20},
                          {"metric", ColumnKind::kText, 24},
                          {"baseline", ColumnKind::kNumber},
                          {"candidate", ColumnKind::kNumber},
                          {"change", ColumnKind::kNumber},
                          {"limit", ColumnKind::kNumber},
                          {"verdict", ColumnKind::kVerdict}}};
  for (const GateRow* row : rows) {
    table.rows.push_back({names.case_name(row->key), names.variant(row->key), metric_words(*row),
                          value_words(*row, row->a), value_words(*row, row->b), change_words(*row),
                          limit_words(*row), std::string(verdict_name(row->verdict))});
  }
  return table;
}

}  // namespace assay::reports
