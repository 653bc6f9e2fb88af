#pragma once

// A report with every number chosen and formatted and every picture drawn: what the renderers walk
// over. They escape and lay out, and do no arithmetic.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/compare/comparison.h>
#include <harness/model/run.h>
#include <harness/model/units.h>
#include <reports/canvas/picture.h>
#include <reports/canvas/text_table.h>
#include <reports/comparison/comparison_view.h>
#include <reports/run/profile_view.h>
#include <reports/run/quality_view.h>

namespace assay::reports {

struct ScoreView {
  std::string metric;
  std::string label;
  std::string unit;
  Figure value;
  std::optional<double> min;
  std::optional<double> max;
  bool pass = true;
  std::uint64_t needs = 0;  ///< runs; of a percentile that the cell's runs do not support, else 0
};

struct CellView {
  CellKey key;
  std::string status;
  std::string reason;  ///< with its stage in front; empty for a pass
  double timed_seconds = 0;
  std::vector<ScoreView> scores;
  measure::CellQuality quality;
};

/// One figure of the summary: "1.08x faster", with what it is made of.
struct Card {
  std::string label;
  std::string value;
  std::string detail;
  std::string verdict;  ///< of compare::verdict_name; empty for a plain fact
};

struct Failure {
  std::string cell;
  std::string status;
  std::string reason;
};

struct ReportFact {
  std::string name;
  std::string value;
};

struct FactGroup {
  std::string title;
  std::vector<ReportFact> facts;
};

struct CaseRow {
  std::string case_name;
  std::vector<Failure> cells;  ///< one a variant; status empty where none was planned
};

/// What belongs to one suite, model, backend, threads and device.
struct BenchView {
  std::string title;
  std::vector<std::string> variants;
  std::vector<ReportFact> recipes;  ///< variant, recipe
  std::vector<CaseRow> matrix;
  std::string reference;    ///< the variant that against_reference is about
  Table against_reference;  ///< every other variant against it
  Table figures;            ///< metrics by variants
  Table memory;
  std::vector<ProfileView> profiles;  ///< one a variant; empty when the run made none
  std::vector<Picture> pictures;
};

struct ReportModel {
  std::string title;
  std::string subtitle;
  std::string headline;     ///< of the comparison; empty when there is none
  bool all_passed = false;  ///< and none is INVALID
  std::string verdict;      ///< "65 of 65 cells pass"
  QualityView quality;
  std::vector<Card> cards;
  std::vector<Failure> failures;
  std::optional<ComparisonView> comparison;
  std::string no_comparison;  ///< why there is none
  std::vector<BenchView> benches;
  std::vector<FactGroup> provenance;
  std::vector<CellView> cells;
};

/// What to compare; nothing: int4 against int8 if the run has both, else the first two variants.
struct ReportRequest {
  std::optional<compare::Axis> axis;
  std::string baseline;
  std::string candidate;
};

/// `units` gives the units of the cells and the texts of those that are decided differently.
/// Errors: kUsage when the comparison that was asked for is refused; one that was not asked for is
/// only missing.
Result<ReportModel> build_report(const RunRecord& run, const ReportRequest& request,
                                 const UnitSource& units);

}  // namespace assay::reports
