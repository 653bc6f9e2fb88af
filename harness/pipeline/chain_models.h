#pragma once

// The suites whose models are the stages of a chain, and the recordings that it hears.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/manifest.h>
#include <harness/pipeline/chain_suite.h>
#include <suites/tasks/asr/asr_manifest.h>
#include <suites/tasks/llm/llm_manifest.h>
#include <suites/tasks/vad/vad_manifest.h>

namespace assay::pipeline {

struct ChainModels {
  SuiteManifest vad;
  SuiteManifest asr;
  SuiteManifest llm;

  const suites::VadSuite& vad_task() const { return vad.task_part.as<suites::VadSuite>(); }
  const suites::AsrSuite& asr_task() const { return asr.task_part.as<suites::AsrSuite>(); }
  const suites::LlmSuite& llm_task() const { return llm.task_part.as<suites::LlmSuite>(); }
};

/// The variant of each stage that a mix names.
struct MixVariants {
  VariantSpec vad;
  VariantSpec asr;
  VariantSpec llm;
};

/// Reads the three suites. Errors: of the parser; kUsage when one is of another task than its
/// stage, hears another sample rate than 16 kHz, or lacks the vocabulary or tokenizer that text
/// needs.
Result<ChainModels> load_chain_models(const ChainSuite& suite);

/// Errors: kUsage for a variant that its suite has not, with those it has.
Result<MixVariants> find_variants(const ChainModels& models, const ChainMix& mix);

/// Every combination of the stages' variants, named "VAD+ASR+LLM".
std::vector<ChainMix> make_grid(const ChainModels& models);

/// "vad=int8,asr=int8,llm=int4" or "int8,int8,int4". Errors: kUsage.
Result<ChainMix> parse_mix(std::string_view text);

/// A recording as the chain hears it.
struct ClipAudio {
  std::vector<float> samples;       ///< [-1, 1], 16 kHz
  std::optional<std::string> text;  ///< what is said in it, if that is known
};

/// Reads and puts together what a clip is made of. Errors: of suites::read_speech(); kUsage when
/// the list has fewer utterances than the clip takes.
Result<ClipAudio> read_clip_audio(const ChainClip& clip, const suites::AsrSuite& task);

}  // namespace assay::pipeline
