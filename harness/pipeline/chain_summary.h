#pragma once

// From what the processes of a mix did to what is reported of it. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/pipeline/chain_events.h>
#include <harness/pipeline/chain_suite.h>
#include <harness/stats/quantile_interval.h>
#include <suites/tasks/asr/word_errors.h>

namespace assay::pipeline {

/// Whether a budget is kept, as far as its percentile is known.
enum class BudgetVerdict {
  kMet,        ///< the interval of the P95 lies at or below the budget
  kMissed,     ///< the whole interval lies above it
  kUndecided,  ///< the budget lies within the interval, or there are too few samples
};

/// "met", "missed", "undecided".
std::string_view budget_verdict_name(BudgetVerdict verdict);

/// The interval decides, not the percentile itself. An end that no sample bounds decides nothing.
BudgetVerdict judge_budget(const stats::QuantileEstimate& p95_ms, double budget_ms);

/// Latencies of one stage, in the order of time, one list a process.
using StageSamples = std::vector<std::vector<std::int64_t>>;

struct StageSummary {
  std::string stage;
  StageSamples samples;   ///< nanoseconds
  std::size_t count = 0;  ///< of all samples
  double p50_ms = 0;
  stats::QuantileEstimate p95_ms;  ///< with its 95 % interval
  std::optional<ChainBudget> budget;
  BudgetVerdict verdict = BudgetVerdict::kUndecided;  ///< meaningless without a budget
};

/// What a mix understood of one clip.
struct ClipSummary {
  std::string clip;
  std::vector<std::string> texts;                         ///< of each segment
  std::vector<std::optional<std::int32_t>> first_tokens;  ///< of each segment
  std::optional<suites::EditCounts> edits;                ///< nothing: the words are not known
  bool same_every_time = true;  ///< every pass of every process heard the same
};

struct MixSummary {
  ChainMix mix;
  std::uint64_t model_bytes = 0;
  std::vector<StageSummary> stages;  ///< in the order of stage_names(); without samples: no entry
  std::vector<ClipSummary> clips;
  suites::EditCounts edits;            ///< of all clips whose words are known
  double harness_share = 0;            ///< of the chain's time, what no stage took; the median
  std::uint64_t peak_bytes = 0;        ///< VmHWM with all models loaded, largest of the processes
  std::uint64_t start_bytes = 0;       ///< VmHWM before the first model
  std::uint64_t parts_bytes = 0;       ///< sum over the stages of what each takes alone; 0: unknown
  std::vector<MemorySnapshot> memory;  ///< of the first process, by phase
  /// LoadedEvent::delegates of the first process.
  std::map<std::string, std::vector<std::string>> delegates;

  double word_error_rate() const;
};

/// What each clip says, where it is known.
using ReferenceTexts = std::map<std::string, std::string>;

/// `reports`: one a process, at least one. Of each the passes from 1 on count, or pass 0 when it is
/// the only one. A segment without words has no sample of "llm" and "chain".
MixSummary summarize_mix(const ChainMix& mix, const ChainSuite& suite,
                         const std::vector<ProcessReport>& reports, const ReferenceTexts& texts);

}  // namespace assay::pipeline
