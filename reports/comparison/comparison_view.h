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

struct FlipView {
  std::string case_name;
  Figure chunk;    ///< index
  Figure seconds;  ///< where the chunk starts
  Figure golden;
  Figure a;
  Figure b;
};

/// A position where the two sides would say something else.
struct TokenView {
  std::string case_name;
  std::string position;
  std::string before;  ///< the end of the text before; "-" when unknown
  std::string golden;  ///< a token: its text in quotes, or its id
  std::string a;
  std::string b;
  Figure kld_a;
  Figure kld_b;
};

/// An utterance that was understood otherwise. Texts are in quotes; "-" when they are not known.
struct TranscriptView {
  std::string case_name;
  std::string utterance;
  std::string said;
  std::string a;
  std::string b;
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
  std::vector<FlipView> flips;
  std::string flip_summary;  ///< "14 of 8,120 chunks, at threshold 0.5"
  std::vector<TokenView> tokens;
  std::string token_summary;  ///< who is closer to the reference; empty without tokens
  std::vector<TranscriptView> transcripts;
  std::string transcript_summary;   ///< "3 of 180 utterances"; empty without transcripts
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
