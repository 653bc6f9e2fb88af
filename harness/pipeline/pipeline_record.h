#pragma once

// A voice chain's results as a run: one case a stage, one variant a mix.

#include <string>
#include <vector>

#include <harness/model/run.h>
#include <harness/pipeline/chain_models.h>
#include <harness/pipeline/chain_summary.h>

namespace assay::pipeline {

/// How a mix ended.
struct MixOutcome {
  pipeline::ChainMix mix;
  std::optional<pipeline::MixSummary> summary;  ///< nothing: it failed
  CellStatus failure = CellStatus::kError;
  std::string reason;  ///< of the failure
};

/// Whether every mix ran and missed no budget.
bool all_passed(const std::vector<MixOutcome>& outcomes, const pipeline::ChainSuite& suite);

/// Fills `info` and the cells. A missed budget, and models above the suite's limit of bytes, fail
/// their stage's cell; an undecided one does not.
RunRecord make_chain_run(RunInfo info, const pipeline::ChainSuite& suite,
                         const pipeline::ChainModels& models,
                         const std::vector<MixOutcome>& outcomes, int threads);

}  // namespace assay::pipeline
