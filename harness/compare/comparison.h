#pragma once

// What a comparison says, as plain data: numbers and verdicts, no text layout (reports/ has that).
// Side A is the baseline, side B the candidate; every verdict says what B is, seen from A.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/cell.h>
#include <harness/model/metric.h>
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

/// A chunk whose decision is another one on side B than on side A.
struct Flip {
  std::string case_name;
  std::size_t chunk = 0;
  double seconds = 0;  ///< where the chunk starts; 0 when the case is not audio
  std::optional<float> golden;
  float a = 0;
  float b = 0;
};

struct Flips {
  std::size_t chunks = 0;  ///< compared in all
  double threshold = 0;
  std::vector<Flip> list;
  std::string worst_case;  ///< the case with the most flips; empty without any
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
  Flips flips;
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
  double confidence = 0;
};

}  // namespace assay::compare
