#pragma once

// Every mix of a voice chain in processes of its own, in turns. How a process is started is the
// caller's: tests script what one reports.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/pipeline/chain_events.h>
#include <harness/pipeline/chain_summary.h>
#include <harness/pipeline/pipeline_play.h>
#include <harness/pipeline/pipeline_record.h>

namespace assay::pipeline {

/// Plays what is asked for in a fresh process, and hands over what it reported.
using PlayInProcess = std::function<Result<ProcessReport>(const PlayRequest& request)>;

/// This program started again, by the words of play_words(). Errors: kEngine for a process that did
/// not end well, with its last messages; kCorrupt for what it printed.
Result<ProcessReport> play_in_process(const PlayRequest& request);

struct MixPlan {
  std::vector<ChainMix> mixes;
  ReferenceTexts texts;
  int threads = 1;
  std::size_t passes = 3;     ///< times a process plays all clips; the first warms up
  std::size_t processes = 2;  ///< fresh ones a mix
};

/// Called before each process.
using OnProcess = std::function<void(const ChainMix& mix, std::size_t process)>;

/// Plays the mixes there and back again, so that no mix has the better part of the time. A mix
/// whose process failed is not started again; its outcome has the reason. What each model takes
/// alone is measured last.
std::vector<MixOutcome> play_mixes(const ChainSuite& suite, const MixPlan& plan,
                                   const PlayInProcess& play, const OnProcess& on_process);

}  // namespace assay::pipeline
