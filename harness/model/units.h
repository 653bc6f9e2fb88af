#pragma once

// Units: the parts of a case that a decision or a text belongs to (the chunks of a recording, the
// words of a text, ...). A task says what its units are called and makes them from what a run
// stored; comparing, gating and reporting work on units and know no task (suites/task.h).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <harness/model/cell.h>
#include <harness/model/run.h>

namespace assay {

/// A metric that is a mean over units: sum of one stored series over the sum of another.
struct UnitMetric {
  std::string_view metric;
  std::string_view value;   ///< a series
  std::string_view weight;  ///< a series; empty: 1 for each unit
};

/// A metric, or a stored series, with a name that is short enough for its place.
struct NamedMetric {
  std::string_view metric;
  std::string_view name;
};

/// A column of the table of flips. Without a title the table has no such column.
struct UnitColumn {
  std::string_view title;
  std::string_view key;     ///< in JSON
  std::size_t width = 100;  ///< characters on a terminal, at most
};

/// What a task calls its units, and how reports show those that two sides decide differently.
/// Everything has static lifetime. Counts go in front: "14 of 8,120 chunks".
struct UnitKind {
  std::string_view singular;  ///< "chunk"
  std::string_view plural;
  std::string_view flips;       ///< what one does that is decided otherwise: "changes its decision"
  std::string_view flips_many;  ///< "change their decision"
  std::string_view title;       ///< of the table of flips: "Decision flips"

  std::string_view list_key = "flips";            ///< the table of flips in JSON
  std::string_view summary_key = "flip_summary";  ///< what it comes to, in JSON
  std::string_view index_key = "unit";            ///< the number of the unit, in JSON
  bool timed = false;                             ///< a unit has a place in seconds
  bool scores = false;        ///< decisions are shown as the numbers that they were made from
  UnitColumn context = {};    ///< UnitTexts::context()
  UnitColumn reference = {};  ///< what the reference decides
  std::size_t decision_width = 10;
  /// How far a unit is from the reference, by its name and unit ("KLD", "nats"). No title: such
  /// distances are not set against each other.
  UnitColumn error = {};
  std::string_view error_unit = {};

  std::span<const UnitMetric> means = {};
  std::span<const NamedMetric> columns = {};  ///< what a variant is judged by, in a report's table
  std::span<const NamedMetric> cards = {};    ///< and at its top
  /// Series of errors whose course over the units is drawn; the first of every case.
  std::span<const NamedMetric> drift = {};
  /// The stored series that is a model's output, or follows from each of its steps.
  std::string_view output_series;
  /// Whether a gate counts the decisions that were lost and gained and tests them (McNemar).
  bool gated = false;
};

struct UnitDecision {
  /// What was decided, as numbers that only the task understands. Equal labels: the same decision.
  std::vector<std::int32_t> labels;
  std::optional<double> score = {};  ///< what it was made from
};

/// The units of one cell in order. A list has either an entry for each unit or, where the run did
/// not store it, none.
struct UnitTable {
  const UnitKind* kind = nullptr;
  std::size_t count = 0;
  std::vector<UnitDecision> decisions = {};
  std::vector<UnitDecision> reference = {};
  std::vector<double> errors = {};  ///< distances from the reference, in UnitKind::error's unit
  double seconds_each = 0;          ///< 0: units have no length
  std::optional<double> threshold = {};  ///< the score from which a decision is positive
};

/// Units of the cases of one suite as texts that a person reads.
class UnitTexts {
 public:
  virtual ~UnitTexts() = default;
  /// What comes before a unit, or what is the truth about it; as it is to be shown. Empty: unknown.
  virtual std::string context(const std::string& case_name, std::size_t unit) const = 0;
  /// Nothing: unknown.
  virtual std::optional<std::string> decision(const UnitDecision& decision) const = 0;
};

/// Who knows the tasks: gives whoever compares stored runs their units, and texts on demand.
class UnitSource {
 public:
  virtual ~UnitSource() = default;
  /// All kinds, one a task.
  virtual std::span<const UnitKind* const> kinds() const = 0;
  /// The units of a cell; nothing when no task finds its own in what was stored.
  virtual std::optional<UnitTable> units_of(const Cell& cell) const = 0;
  /// Lives as long as the source. Null when nothing is known: units are still compared then, and
  /// shown by their labels. May read files, so ask only when there is something to show.
  virtual const UnitTexts* texts_of(const RunInfo& run, const std::string& suite) const = 0;
};

}  // namespace assay
