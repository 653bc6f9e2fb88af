#pragma once

// What a gate says, as plain data: numbers, verdicts and reasons, no layout (reports/ has that). A
// is the baseline, B the candidate; every effect says what B is, seen from A.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/metric.h>
#include <harness/model/run.h>
#include <harness/model/side_by_side.h>
#include <harness/stats/bootstrap.h>

namespace assay::gate {

/// From best to worst.
enum class Verdict {
  kPass,
  kWarn,          ///< worth a look; does not fail the gate
  kInconclusive,  ///< not enough is known to say pass
  kMissing,       ///< the candidate has no figure where it must have one: fails the gate
  kFail,
};

std::string_view verdict_name(Verdict verdict);

/// What kind of evidence a row rests on.
enum class Basis {
  kStatus,      ///< what became of the cell itself
  kStored,      ///< figures of the two runs as they were stored
  kSideBySide,  ///< both measured again, next to each other
};

/// One verdict: a metric of a case and variant, or the state of a cell (metric is null).
struct GateRow {
  CellKey key;
  const MetricInfo* metric = nullptr;
  Basis basis = Basis::kStatus;
  std::optional<Question> question;  ///< of a side-by-side measurement
  std::optional<double> a;           ///< the stored figures
  std::optional<double> b;
  std::optional<double> effect;             ///< B / A or B - A, as the catalogue says
  std::optional<stats::Interval> interval;  ///< of the effect, corrected for many comparisons
  std::optional<double> p_value;            ///< after Benjamini-Hochberg over the gate
  std::optional<double> allowed;  ///< the policy's limit of the effect: worse than it fails
  std::optional<double> minimum_detectable_effect;  ///< from calibration, as 0.02 for 2 %
  std::size_t pairs = 0;                            ///< pairs of processes behind the interval
  bool confirmed = false;                           ///< a second measurement said the same
  Verdict verdict = Verdict::kPass;
  std::string reason;  ///< why it is not a plain pass; may say more of a pass
};

struct GateReport {
  RunInfo candidate;
  std::optional<RunInfo> baseline;  ///< nothing: the first run of its kind
  std::string baseline_choice;      ///< how it was found: "ancestor 1a2b3c4, 3 commits before"
  std::string policy_name;
  Verdict verdict = Verdict::kPass;
  std::vector<GateRow> rows;       ///< in the order of the run's matrix, then of the catalogue
  std::vector<std::string> notes;  ///< what a reader must know: what was not measured and why, ...
  std::size_t tests = 0;           ///< p-values that were corrected together
  double confidence = 0;
  double false_discovery_rate = 0;
};

/// The worst verdict of the rows: kFail when any row is kFail or kMissing, or when there is none.
Verdict overall_verdict(const std::vector<GateRow>& rows);

}  // namespace assay::gate
