#pragma once

// What `assay pipeline` prints: for each mix where the time of an answer goes, against which
// budgets, and what was understood; then all mixes side by side.

#include <string>
#include <vector>

#include <harness/pipeline/pipeline_record.h>

namespace assay::reports {

/// For a terminal.
std::string render_chain_text(const pipeline::ChainSuite& suite,
                              const std::vector<pipeline::MixOutcome>& outcomes);

/// Everything, as JSON: an interval's open end is null.
std::string render_chain_json(const pipeline::ChainSuite& suite,
                              const std::vector<pipeline::MixOutcome>& outcomes);

}  // namespace assay::reports
