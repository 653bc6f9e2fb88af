#pragma once

// A comparison with every number already chosen and formatted: what the renderers walk over. The
// raw numbers stay beside their text for the machine-readable formats.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <harness/compare/comparison.h>

namespace assay::reports {

struct Figure {
  std::optional<double> value;
  std::string text;  ///< "-" when there is no value
};

struct DeltaView {
  std::string metric;  ///< id of the catalogue
  std::string label;
  std::string unit;
  std::string kind;  ///< "ratio" or "difference"
  Figure a;
  Figure b;
  Figure effect;
  std::optional<double> low;
  std::optional<double> high;
  std::string interval;  ///< of the effect, as text; "-" without one
  std::string verdict;
  std::string reason;
  std::size_t units = 0;
};

struct CaseView {
  std::string name;
  std::size_t flips = 0;
  std::vector<DeltaView> rows;
};

/// A unit that the two sides decide differently. Texts are in quotes; of a decision whose text is
/// not known its labels are shown, or "-".
struct FlipView {
  std::string case_name;
  std::size_t unit = 0;  ///< index
  Figure seconds;        ///< where the unit starts
  std::string context;   ///< "-" when it is not known
  Figure reference;      ///< with a value where decisions are shown as scores
  Figure a;
  Figure b;
  Figure error_a;  ///< distances from the reference
  Figure error_b;
};

/// Two sides unit by unit. Which columns and words there are is the kind's to say.
struct UnitView {
  const UnitKind* kind = nullptr;  ///< null: no units were compared
  std::string summary;  ///< "14 of 8,120 chunks, at threshold 0.5"; empty without decisions
  std::string errors;   ///< who is closer to the reference; empty without such distances
  std::vector<FlipView> flips;
};

/// What one model file gave for a case on two devices.
struct OutputView {
  std::string case_name;
  std::string outputs;  ///< "identical" or "differ"
  std::string series;   ///< what the SQNR is of; "-" without one
  Figure sqnr_db;       ///< of B's values against A's
  std::string reason;   ///< why there is no SQNR
};

/// Rows that are inconclusive for one and the same reason.
struct ReasonView {
  std::string labels;  ///< "latency min, latency stdev"
  std::string reason;
};

struct GroupView {
  CellKey key;
  std::string title;  ///< "vad / silero-vad, xnnpack, 1 thread, local"
  std::string headline;
  std::vector<std::string> notes;  ///< recipes, seeded weights
  std::string cases;               ///< how many, as text
  std::vector<DeltaView> rows;
  std::vector<CaseView> by_case;
  UnitView units;
  std::vector<OutputView> outputs;  ///< of devices only
  std::string output_summary;       ///< "24 of 26 cases"; empty without outputs
  std::vector<ReasonView> reasons;
};

struct ExcludedView {
  std::string cell;
  std::string why_a;
  std::string why_b;
};

struct ComparisonView {
  std::string axis;
  std::string name_a;
  std::string name_b;
  std::string run_a;
  std::string run_b;
  std::string confidence;  ///< "95 %"
  std::vector<GroupView> groups;
  std::vector<ExcludedView> excluded;
  std::vector<compare::MachineDifference> machines;  ///< of devices only
  std::vector<std::string> notes;                    ///< what the intervals leave out
};

ComparisonView make_comparison_view(const compare::Comparison& comparison);

}  // namespace assay::reports
