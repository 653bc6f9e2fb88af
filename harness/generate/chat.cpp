#include <vector>

#include <harness/generate/chat.h>

namespace assay::generate {
namespace {

/// The system message, if there is one, and the user's.
std::vector<tokenizer::ChatMessage> messages_of(const std::string& system, std::string user) {
  std::vector<tokenizer::ChatMessage> messages;
  if (!system.empty()) {
    messages.push_back({tokenizer::ChatRole::kSystem, system});
  }
  messages.push_back({tokenizer::ChatRole::kUser, std::move(user)});
  return messages;
}

}  // namespace

Result<Chat> Chat::begin(LlmSession& session, const ChatOptions& options) {
  if (options.template_name.empty()) {
    return Chat(session, options.system, tokenizer::pick_chat_template(session.tokenizer()));
  }
  ASSAY_ASSIGN(const auto chat_template, tokenizer::chat_template_from_name(options.template_name));
  return Chat(session, options.system, chat_template);
}

Result<LlmAnswer> Chat::say(std::string message, const std::atomic<bool>& stop,
                            const OnText& on_text) {
  const Tokenizer& tokenizer = session_->tokenizer();
  ASSAY_ASSIGN(auto ids, encode_chat(tokenizer, template_,
                                     messages_of(first_ ? system_ : "", std::move(message))));
  // A text begins once.
  if (!first_ && tokenizer.bos_id() && !ids.empty() && ids.front() == *tokenizer.bos_id()) {
    ids.erase(ids.begin());
  }
  ASSAY_ASSIGN(LlmAnswer answer, session_->answer(ids, AnswerKind::kMessage, stop, on_text));
  first_ = false;
  return answer;
}

}  // namespace assay::generate
