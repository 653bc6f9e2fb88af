#pragma once

// A voice chain as its author wrote it: which suites' models are its stages, in which mixes of
// variants, on which recordings, with which budgets.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/manifest.h>
#include <harness/pipeline/endpointer.h>
#include <suites/tasks/asr/asr_manifest.h>

namespace assay::pipeline {

/// The variant of each stage.
struct ChainMix {
  std::string name;
  std::string vad;
  std::string asr;
  std::string llm;
  friend bool operator==(const ChainMix&, const ChainMix&) = default;
};

/// A recording that the chain hears: utterances of a list with silence around them, or one file.
struct ChainClip {
  std::string name;
  suites::AsrCase audio;
  std::size_t first = 0;        ///< utterance, of those in the list
  std::size_t count = 0;        ///< utterances; 0: the whole recording, whose words are not known
  std::size_t gap_samples = 0;  ///< of silence before each of them
};

/// What a stage's P95 must not exceed.
struct ChainBudget {
  std::string
      stage;  ///< "vad" (a chunk), "front-end", "asr" (front end and encoder), "llm", "chain"
  double p95_ms = 0;
  std::string why;
};

struct ChainSuite {
  std::filesystem::path file;
  std::string sha256;  ///< of the text
  std::string name;
  std::string description;
  std::filesystem::path vad_suite;
  std::filesystem::path asr_suite;
  std::filesystem::path llm_suite;
  std::string prompt_before;  ///< put before the recognised text in the prompt
  std::string prompt_after;
  EndpointRule endpoint;
  std::vector<ChainMix> mixes;
  std::vector<ChainClip> clips;
  std::vector<ChainBudget> budgets;
  std::uint64_t max_model_bytes = 0;  ///< of all models of a mix together; 0: any
};

/// The stages that have times of their own, in order.
const std::vector<std::string>& stage_names();

/// Parses and validates the text of a suite of task `pipeline`. Relative paths start at `file`'s
/// folder. Pure. Errors: kUsage with the JSON pointer.
Result<ChainSuite> parse_chain_suite(std::string_view text, const std::filesystem::path& file);

/// Reads and parses. Errors: as above, and kNotFound.
Result<ChainSuite> load_chain_suite(const std::filesystem::path& file);

}  // namespace assay::pipeline
