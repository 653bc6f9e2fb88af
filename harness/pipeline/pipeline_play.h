#pragma once

// The process that a voice chain runs in: loads the models of one mix, plays the clips, and says a
// line of harness/pipeline/chain_events.h about each.

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/engine.h>

namespace assay::pipeline {

struct PlayRequest {
  std::filesystem::path suite;
  std::string mix;  ///< variants of vad, asr and llm, with commas between
  int threads = 1;
  std::size_t passes = 1;  ///< over all clips
  std::string only;        ///< "vad", "asr" or "llm": load this model alone, execute it once
};

/// The subcommand that starts such a process; it is not meant for people.
inline constexpr auto kPlayCommand = "internal-pipeline";

/// The words that ask this program for a process of that request, kPlayCommand first.
std::vector<std::string> play_words(const PlayRequest& request);

/// Where the lines go, each without its newline.
using SayLine = std::function<void(const std::string& line)>;

/// Loads each model with an engine of its own from `make_engine`. Errors: of loading and of the
/// stages; kCorrupt for a model that is not the one its suite names.
Status play_chain(const PlayRequest& request, EngineFactory make_engine, const SayLine& say);

}  // namespace assay::pipeline
