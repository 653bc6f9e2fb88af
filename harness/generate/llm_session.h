#pragma once

// A language model with its tokenizer, checked against each other, and the stream of text that it
// answers with.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/generate/generator.h>
#include <harness/model/engine.h>
#include <harness/model/tokenizer.h>

namespace assay::generate {

struct LlmOptions {
  std::filesystem::path model;
  std::filesystem::path tokenizer;
  int threads = 1;
  generate::SamplingOptions sampling;
  std::size_t max_tokens = 128;
  std::vector<std::string> stops;
};

/// Whether an answer goes on in the middle of the prompt's text, where a first space counts.
enum class AnswerKind { kContinuation, kMessage };

/// What one prompt was answered with.
struct LlmAnswer {
  std::string text;  ///< all of it
  generate::Generation generation;
};

/// Hears the next piece of an answer: never half a character, never a part of a stop string.
using OnText = std::function<void(std::string_view text)>;

class LlmSession {
 public:
  /// Opens the tokenizer first, which is quick, then loads the model. Errors: kUsage for options
  /// that are wrong, or a tokenizer whose vocabulary does not fit the model's; those of
  /// open_tokenizer() and LanguageModel::load().
  static Result<LlmSession> open(const LlmOptions& options, EngineFactory make_engine);

  const Tokenizer& tokenizer() const { return *tokenizer_; }
  const generate::LanguageModel& model() const { return *model_; }

  /// Answers `prompt`, after what was said before, and hands the text to `on_text` as it comes.
  /// Errors: as of Generator::run.
  Result<LlmAnswer> answer(std::span<const std::int32_t> prompt, AnswerKind kind,
                           const std::atomic<bool>& stop, const OnText& on_text);

 private:
  LlmSession() = default;

  LlmOptions options_;
  std::unique_ptr<Tokenizer> tokenizer_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<generate::LanguageModel> model_;
  std::optional<generate::Generator> generator_;
};

/// Whether a model with `logits` logits can be used with a tokenizer of `vocabulary` tokens: models
/// pad their vocabulary up to a round number, by no more than 1 % and 1,024; never down. Errors:
/// kUsage.
Status check_vocabulary(std::size_t vocabulary, std::size_t logits);

}  // namespace assay::generate
