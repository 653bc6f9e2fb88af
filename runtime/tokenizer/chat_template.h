#pragma once

// How the messages of a chat are written for a model, and as which tokens. What a user or a file
// brings stays text: "<|im_end|>" in a message does not end a turn.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/tokenizer.h>

namespace assay::tokenizer {

enum class ChatTemplate {
  kLlama3,   ///< <|start_header_id|>user<|end_header_id|> ... <|eot_id|>
  kChatml,   ///< <|im_start|>user ... <|im_end|>: SmolLM2, Qwen2
  kFalcon3,  ///< <|user|> ... <|assistant|> ... <|endoftext|>
  kPlain,    ///< "### Instruction:" and "### Response:", for models that have no such tokens
};

/// "llama3", "chatml", "falcon3", "plain".
std::string_view chat_template_name(ChatTemplate chat_template);
/// The reverse of chat_template_name. Errors: kUsage, lists the names.
Result<ChatTemplate> chat_template_from_name(std::string_view name);
/// The family whose special tokens the vocabulary has; kPlain if it has none's.
ChatTemplate pick_chat_template(const Tokenizer& tokenizer);

enum class ChatRole { kSystem, kUser, kAssistant };

struct ChatMessage {
  ChatRole role = ChatRole::kUser;
  std::string text;
};

/// A piece of a written chat: text, or one special token.
struct ChatPart {
  std::string text;
  bool is_special = false;
  friend bool operator==(const ChatPart&, const ChatPart&) = default;
};

/// The chat up to where the model's answer begins, as the families' published templates write it
/// without tools and without the system message that some add where there is none. BOS is left to
/// `encode_chat`.
std::vector<ChatPart> render_chat(ChatTemplate chat_template,
                                  std::span<const ChatMessage> messages);

/// The ids of `render_chat`, after the vocabulary's BOS where it has one. Equal to encoding the
/// whole written chat with parse_special, if no message has the text of a special token. Errors:
/// kUsage, the vocabulary lacks a token of the template (names both); as Tokenizer::encode.
Result<std::vector<std::int32_t>> encode_chat(const Tokenizer& tokenizer,
                                              ChatTemplate chat_template,
                                              std::span<const ChatMessage> messages);

}  // namespace assay::tokenizer
