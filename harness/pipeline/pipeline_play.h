#pragma once

// The process that a voice chain runs in: loads the models of one mix, plays the clips, and prints
// a line of harness/pipeline/chain_events.h about each.

#include <cstddef>
#include <filesystem>
#include <string>

#include <harness/base/result.h>
#include <harness/pipeline/chain_suite.h>

namespace assay::pipeline {

struct PlayRequest {
  std::filesystem::path suite;
  std::string mix;  ///< variants of vad, asr and llm, with commas between
  int threads = 1;
  std::size_t passes = 1;  ///< over all clips
  std::string only;        ///< "vad", "asr" or "llm": load this model alone, execute it once
};

/// Errors: of loading and of the stages; kCorrupt for a model that is not the one its suite names.
Status play_chain(const PlayRequest& request);

}  // namespace assay::pipeline
