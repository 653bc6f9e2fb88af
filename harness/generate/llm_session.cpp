#include <algorithm>
#include <set>

#include <harness/generate/llm_session.h>
#include <runtime/tokenizer/open_tokenizer.h>
#include <runtime/tokenizer/stop_sequences.h>

namespace assay::generate {
namespace {

constexpr std::size_t kMostPadding = 1024;
constexpr std::size_t kPaddingDivisor = 100;

/// What ends a text, as the program and the tokenizer say.
std::vector<std::int32_t> ids_that_end(const Tokenizer& tokenizer,
                                       const generate::LanguageModel& model) {
  std::set<std::int32_t> ids(tokenizer.eos_ids().begin(), tokenizer.eos_ids().end());
  for (const std::int64_t id : model.eos_ids()) {
    ids.insert(static_cast<std::int32_t>(id));
  }
  return {ids.begin(), ids.end()};
}

}  // namespace

Status check_vocabulary(std::size_t vocabulary, std::size_t logits) {
  const std::size_t padding = std::min(kMostPadding, logits / kPaddingDivisor);
  if (vocabulary > logits || logits - vocabulary > padding) {
    return make_error(ErrorCode::kUsage,
                      "the tokenizer has {} tokens, the model {} logits: the tokenizer is of "
                      "another model",
                      vocabulary, logits);
  }
  return {};
}

Result<LlmSession> LlmSession::open(const LlmOptions& options, EngineFactory make_engine) {
  ASSAY_TRY(generate::check_sampling(options.sampling));
  ASSAY_TRY(tokenizer::StopSequences::create(options.stops));
  LlmSession session;
  session.options_ = options;
  ASSAY_ASSIGN(session.tokenizer_, tokenizer::open_tokenizer(options.tokenizer));
  session.engine_ = make_engine();
  ASSAY_ASSIGN(generate::LanguageModel model,
               generate::LanguageModel::load(*session.engine_,
                                             {.pte = options.model, .threads = options.threads}));
  session.model_ = std::make_unique<generate::LanguageModel>(std::move(model));
  const auto vocabulary = static_cast<std::size_t>(session.tokenizer_->vocab_size());
  ASSAY_TRY(check_vocabulary(vocabulary, session.model_->vocab_size()));
  session.generator_.emplace(*session.model_, ids_that_end(*session.tokenizer_, *session.model_),
                             generate::Sampler(options.sampling, vocabulary));
  return session;
}

Result<LlmAnswer> LlmSession::answer(std::span<const std::int32_t> prompt, AnswerKind kind,
                                     const std::atomic<bool>& stop, const OnText& on_text) {
  ASSAY_ASSIGN(auto stops, tokenizer::StopSequences::create(options_.stops));
  StreamingDecoder decoder(*tokenizer_, SpecialIds::kSkip,
                           {.at_start = kind == AnswerKind::kMessage});
  LlmAnswer answer;
  const auto show = [&](std::string_view text) {
    answer.text += text;
    if (!text.empty()) {
      on_text(text);
    }
  };
  ASSAY_ASSIGN(answer.generation, generator_->run(
                                      prompt, options_.max_tokens,
                                      [&](std::int32_t token) -> Result<bool> {
                                        ASSAY_ASSIGN(const std::string text, decoder.put(token));
                                        const auto step = stops.put(text);
                                        show(step.text);
                                        return !step.stopped;
                                      },
                                      stop));
  if (answer.generation.reason != generate::StopReason::kStopped) {
    const auto step = stops.put(decoder.finish());
    show(step.text);
    show(stops.finish());
  }
  return answer;
}

}  // namespace assay::generate
