#pragma once

// A conversation with a language model: messages in the model's chat template, turn by turn.

#include <atomic>
#include <string>

#include <harness/base/result.h>
#include <harness/generate/llm_session.h>
#include <runtime/tokenizer/chat_template.h>

namespace assay::generate {

struct ChatOptions {
  std::string system;         ///< the system message; empty: none
  std::string template_name;  ///< empty: by the vocabulary's special tokens
};

class Chat {
 public:
  /// `session` must outlive the chat. Errors: kUsage for a template that does not exist.
  static Result<Chat> begin(LlmSession& session, const ChatOptions& options);

  /// Answers a user's message; see LlmSession::answer(). Only what is new since the last answer is
  /// fed: the model's cache holds all that came before, its own answers included.
  Result<LlmAnswer> say(std::string message, const std::atomic<bool>& stop, const OnText& on_text);

 private:
  Chat(LlmSession& session, std::string system, tokenizer::ChatTemplate chat_template)
      : session_(&session), system_(std::move(system)), template_(chat_template) {}

  LlmSession* session_;
  std::string system_;  ///< said with the first message
  tokenizer::ChatTemplate template_;
  bool first_ = true;
};

}  // namespace assay::generate
