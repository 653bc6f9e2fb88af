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

/// A position where the two sides find another token most likely.
struct TokenDisagreement {
  std::string case_name;
  std::size_t position = 0;  ///< among the scored ones of the case
  std::int32_t target = 0;   ///< token ids: what the text has,
  std::int32_t golden = 0;   ///< what the reference finds most likely,
  std::int32_t a = 0;        ///< and each side
  std::int32_t b = 0;
  double kld_a = 0;  ///< nats
  double kld_b = 0;
  /// The same as text, filled in by who has the golden and the vocabulary; empty: unknown.
  std::string before;  ///< the text up to the position
  std::string golden_text;
  std::string a_text;
  std::string b_text;
};

/// Two sides of a language model on the same tokens.
struct TokenComparison {
  std::size_t positions = 0;
  std::size_t a_closer = 0;                 ///< positions where A diverges less than B
  std::size_t b_closer = 0;                 ///< and the reverse
  std::optional<double> mean_difference;    ///< KLD of B less that of A, nats
  std::optional<stats::Interval> interval;  ///< of the mean
  std::vector<TokenDisagreement> list;      ///< in the order of cases and positions
};

/// An utterance that the two sides understood otherwise.
struct TranscriptDifference {
  std::string case_name;
  std::size_t utterance = 0;
  std::vector<std::int32_t> a;  ///< ids of words
  std::vector<std::int32_t> b;
  std::optional<double> errors_a;  ///< words wrong, where it is known what was said
  std::optional<double> errors_b;
  /// Texts, filled in by who has the vocabulary; empty: unknown, or no words.
  std::string said = {};
  std::string a_text = {};
  std::string b_text = {};
};

/// Two sides of a speech recogniser on the same utterances.
struct TranscriptComparison {
  std::size_t utterances = 0;
  std::vector<TranscriptDifference> list;  ///< in the order of cases and utterances
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
  Flips flips;
  TokenComparison tokens;
  TranscriptComparison transcripts;
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
};

}  // namespace assay::compare
