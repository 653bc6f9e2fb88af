#include <utility>

#include <harness/base/clock.h>
#include <harness/pipeline/voice_chain.h>

namespace assay::pipeline {

VoiceChain::VoiceChain(VoiceActivity activity, Recognizer recognizer,
                       generate::LanguageModel language_model, MakePrompt make_prompt,
                       const EndpointRule& rule)
    : activity_(std::move(activity)),
      recognizer_(std::move(recognizer)),
      language_model_(std::move(language_model)),
      greedy_({}, language_model_.vocab_size()),
      make_prompt_(std::move(make_prompt)),
      rule_(rule) {}

Result<HeardClip> VoiceChain::play(std::span<const float> samples) {
  const std::size_t chunk = activity_.chunk_samples();
  // Speech at the very end needs the silence of the rule, and one chunk that is not whole.
  const std::size_t chunks = (samples.size() + rule_.min_silence) / chunk + 2;
  std::vector<float> audio(samples.begin(), samples.end());
  audio.resize(chunks * chunk, 0.0F);
  activity_.reset();
  Endpointer endpointer(rule_, chunk);
  HeardClip clip;
  for (std::size_t i = 0; i < chunks; ++i) {
    const std::int64_t arrival = now_ns();
    Result<double> score = activity_.score(std::span(audio).subspan(i * chunk, chunk));
    if (!score.ok()) {
      return std::move(score).error().with_context("vad");
    }
    const std::int64_t scored = now_ns();
    clip.vad_ns.push_back(scored - arrival);
    const std::optional<SpeechSegment> segment = endpointer.push(*score);
    if (segment) {
      ASSAY_ASSIGN(HeardSegment heard, answer(audio, *segment));
      heard.times.vad_ns = scored - arrival;
      heard.times.chain_ns = now_ns() - arrival;
      clip.segments.push_back(std::move(heard));
    }
  }
  return clip;
}

Result<HeardSegment> VoiceChain::answer(std::span<const float> samples,
                                        const SpeechSegment& segment) {
  HeardSegment heard{.span = segment};
  Result<Recognition> recognition =
      recognizer_.transcribe(samples.subspan(segment.begin, segment.end - segment.begin));
  if (!recognition.ok()) {
    return std::move(recognition).error().with_context("asr");
  }
  heard.text = std::move(recognition->text);
  heard.times.front_end_ns = recognition->front_end_ns;
  heard.times.asr_ns = recognition->model_ns + recognition->decode_ns;
  if (heard.text.empty()) {
    return heard;
  }
  const std::int64_t begin = now_ns();
  Result<std::vector<std::int32_t>> prompt = make_prompt_(heard.text);
  if (!prompt.ok()) {
    return std::move(prompt).error().with_context("llm: prompt '{}'", heard.text);
  }
  const std::int64_t prompted = now_ns();
  Result<std::span<const float>> logits = language_model_.feed(*prompt, 0);
  if (!logits.ok()) {
    return std::move(logits).error().with_context("llm");
  }
  Result<std::int32_t> token = greedy_.pick(*logits);
  if (!token.ok()) {
    return std::move(token).error().with_context("llm");
  }
  heard.first_token = *token;
  heard.times.prompt_ns = prompted - begin;
  heard.times.llm_ns = now_ns() - prompted;
  return heard;
}

}  // namespace assay::pipeline
