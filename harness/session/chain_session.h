#pragma once

// One run of a voice chain, from what is wanted to what is stored.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <harness/base/progress.h>
#include <harness/base/result.h>
#include <harness/pipeline/chain_processes.h>

namespace assay::session {

struct ChainRequest {
  std::string suite = "assistant";  ///< a built-in one's name, or a file
  std::vector<std::string> mixes;   ///< names of the suite, or "vad,asr,llm" variants; empty: all
  bool grid = false;                ///< every combination of the stages' variants instead
  int threads = 1;
  std::size_t passes = 3;
  std::size_t processes = 2;
  std::filesystem::path database;
};

struct ChainRun {
  pipeline::ChainSuite suite;
  std::vector<pipeline::MixOutcome> outcomes;
  std::int64_t run_id = 0;
  bool passed = false;  ///< every mix ran and missed no budget
};

/// Plays what is wanted and stores it as a run. A mix that fails is data. Errors: kNotFound,
/// kUsage, kManifest for the suite and the mixes; kDatabase, before anything is played.
Result<ChainRun> run_chain(const ChainRequest& request, Progress& progress);

}  // namespace assay::session
