#pragma once

// What a voice assistant does, in one process: audio comes in chunk by chunk, speech is cut out of
// it, words are recognised, and a language model gives the first token of its answer.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/generate/language_model.h>
#include <harness/generate/sampler.h>
#include <harness/pipeline/endpointer.h>
#include <harness/pipeline/recognizer.h>
#include <harness/pipeline/voice_activity.h>

namespace assay::pipeline {

/// How long each stage took to answer one segment of speech. All are of this thread's wall clock.
struct StageTimes {
  std::int64_t vad_ns = 0;        ///< the chunk whose silence ended the segment
  std::int64_t front_end_ns = 0;  ///< log-mel
  std::int64_t asr_ns = 0;        ///< encoder and CTC
  std::int64_t prompt_ns = 0;     ///< from text to tokens; 0 when the language model is not called
  std::int64_t llm_ns = 0;        ///< prefill and the choice of the first token; likewise
  /// From that chunk's arrival to the first token: the stages and what lies between them. The
  /// silence that the endpointer waits for is time of the audio, and not in it.
  std::int64_t chain_ns = 0;

  std::int64_t stages_ns() const { return vad_ns + front_end_ns + asr_ns + prompt_ns + llm_ns; }
};

struct HeardSegment {
  SpeechSegment span;
  std::string text;  ///< empty: no word was recognised, and the language model was not called
  std::optional<std::int32_t> first_token;
  StageTimes times;
};

struct HeardClip {
  std::vector<std::int64_t> vad_ns;    ///< of every chunk
  std::vector<HeardSegment> segments;  ///< empty: no speech was found
};

/// The tokens of a prompt that says `text`.
using MakePrompt = std::function<Result<std::vector<std::int32_t>>(std::string_view text)>;

class VoiceChain {
 public:
  VoiceChain(VoiceActivity activity, Recognizer recognizer, generate::LanguageModel language_model,
             MakePrompt make_prompt, const EndpointRule& rule);

  /// Plays a recording of samples in [-1, 1], followed by as much silence as ends its last segment,
  /// from a fresh state. Each segment is a new conversation. Errors: those of the stages, with the
  /// stage's name.
  Result<HeardClip> play(std::span<const float> samples);

 private:
  Result<HeardSegment> answer(std::span<const float> samples, const SpeechSegment& segment);

  VoiceActivity activity_;
  Recognizer recognizer_;
  generate::LanguageModel language_model_;
  generate::Sampler greedy_;
  MakePrompt make_prompt_;
  EndpointRule rule_;
};

}  // namespace assay::pipeline
