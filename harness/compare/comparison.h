#pragma once

// What a comparison says, as plain data: numbers and verdicts, no text layout (reports/ has that).
// Side A is the baseline, side B the candidate; every verdict says what B is, seen from A.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/cell.h>
#include <harness/model/metric.h>
#include <harness/model/units.h>
#include <harness/stats/bootstrap.h>

namespace assay::compare {

/// The one key in which the two sides may differ.
enum class Axis { kVariant, kDevice, kThreads, kBackend, kRun };

std::string_view axis_name(Axis axis);
std::optional<Axis> axis_from_name(std::string_view name);

enum class Verdict {
  kBetter,
  kSame,
  kWorse,
  kInconclusive,  ///< the data do not say; Delta::reason does
  kNotJudged,     ///< the metric has no better direction
};

std::string_view verdict_name(Verdict verdict);

/// Two values of one metric, set against each other.
struct Delta {
  const MetricInfo* metric = nullptr;  ///< row of the catalogue; never null
  std::optional<double> a;
  std::optional<double> b;
  /// B / A or B - A, as the catalogue says. Of paired times it is the median over pairs, which need
  /// not be the ratio of the two values shown.
  std::optional<double> effect;
  std::optional<stats::Interval> interval;  ///< of the effect
  Verdict verdict = Verdict::kInconclusive;
  std::string reason;  ///< why it is inconclusive, or what was left out
  /// Pairs of processes or of blocks, or cases, that the interval was made of; 0: no interval.
  std::size_t units = 0;
  bool process_pairs = false;  ///< of a time: `units` are pairs of processes
};

struct CaseDeltas {
  std::string case_name;
  std::vector<Delta> rows;
};

/// What one side decides about a unit.
struct UnitValue {
  UnitDecision decision;
  std::optional<std::string> text = {};  ///< for a person; nothing: not known
};

/// A unit that the two sides decide differently.
struct UnitFlip {
  std::string case_name;
  std::size_t unit = 0;      ///< index within the case
  double seconds = 0;        ///< where the unit starts; 0 when units have no length
  std::string context = {};  ///< what stands before it, or is true of it; empty: not known
  std::optional<UnitValue> reference = {};
  UnitValue a;
  UnitValue b;
  std::optional<double> error_a = {};  ///< distances from the reference
  std::optional<double> error_b = {};
};

/// Two sides on the same units.
struct UnitComparison {
  const UnitKind* kind = nullptr;  ///< null: no case has units on both sides
  std::size_t count = 0;           ///< compared in all
  std::size_t decided = 0;         ///< of those, with a stored decision on both sides
  std::optional<double> threshold = {};
  std::vector<UnitFlip> flips = {};  ///< in the order of cases and units
  std::string worst_case = {};       ///< the case with the most flips; empty without any
  /// Of units with a distance from the reference (UnitKind::error):
  std::size_t a_closer = 0;                      ///< units where A is nearer than B
  std::size_t b_closer = 0;                      ///< and the reverse
  std::optional<double> mean_difference = {};    ///< distance of B less that of A
  std::optional<stats::Interval> interval = {};  ///< of the mean
};

/// What the same model file gave for one case on two devices.
struct OutputMatch {
  std::string case_name;
  bool identical = false;  ///< every bit of every output
  std::string series;      ///< what `sqnr_db` was computed from; empty: see `reason`
  /// Of side B's values against side A's; infinite when they are equal.
  std::optional<double> sqnr_db;
  std::string reason;  ///< why there is no SQNR
};

/// A fact of the machine or of the run on it that is not the same on both sides.
struct MachineDifference {
  std::string key;
  std::string a;
  std::string b;
};

/// Cells that agree in everything but case and axis.
struct Group {
  CellKey key;  ///< what they agree in; case_name and the axis's own field are side A's
  std::string recipe_a;
  std::string recipe_b;
  std::string weights;  ///< "trained", "seeded" or empty when the run does not say
  std::size_t cases = 0;
  std::vector<Delta> overall;  ///< one row a metric: means over the cases
  std::vector<CaseDeltas> by_case;
  UnitComparison units;
  std::vector<OutputMatch> outputs;  ///< of devices only, one a case
};

/// A pair of cells that could not be compared, with the state of each side.
struct Excluded {
  CellKey key;  ///< side A's, or side B's when A has none
  std::string why_a;
  std::string why_b;
};

struct Comparison {
  Axis axis = Axis::kVariant;
  std::string name_a;
  std::string name_b;
  std::string run_a;  ///< uuid
  std::string run_b;
  std::vector<Group> groups;
  std::vector<Excluded> excluded;
  std::vector<MachineDifference> machines;  ///< of devices only
  double confidence = 0;
  std::vector<const UnitKind*> kinds;  ///< all that are known; static lifetime
};

}  // namespace assay::compare
