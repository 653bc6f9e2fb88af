#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/ranges.h>

#include <runtime/tokenizer/chat_template.h>

namespace assay::tokenizer {
namespace {

constexpr std::string_view kHeaderStart = "<|start_header_id|>";
constexpr std::string_view kHeaderEnd = "<|end_header_id|>";
constexpr std::string_view kEndOfTurn = "<|eot_id|>";
constexpr std::string_view kImStart = "<|im_start|>";
constexpr std::string_view kImEnd = "<|im_end|>";
constexpr std::string_view kSystem = "<|system|>";
constexpr std::string_view kUser = "<|user|>";
constexpr std::string_view kAssistant = "<|assistant|>";
constexpr std::string_view kEndOfText = "<|endoftext|>";

struct TemplateRow {
  ChatTemplate chat_template;
  std::string_view name;
};

constexpr std::array kTemplates{
    TemplateRow{ChatTemplate::kLlama3, "llama3"},
    TemplateRow{ChatTemplate::kChatml, "chatml"},
    TemplateRow{ChatTemplate::kFalcon3, "falcon3"},
    TemplateRow{ChatTemplate::kPlain, "plain"},
};

std::string_view role_name(ChatRole role) {
  switch (role) {
    case ChatRole::kSystem:
      return "system";
    case ChatRole::kUser:
      return "user";
    case ChatRole::kAssistant:
      break;
  }
  return "assistant";
}

/// Builds a written chat; text that follows text joins it.
class Writer {
 public:
  Writer& token(std::string_view text) {
    parts_.push_back({std::string(text), true});
    return *this;
  }
  Writer& text(std::string_view text) {
    if (parts_.empty() || parts_.back().is_special) {
      parts_.push_back({"", false});
    }
    parts_.back().text += text;
    return *this;
  }
  std::vector<ChatPart> take() { return std::move(parts_); }

 private:
  std::vector<ChatPart> parts_;
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == text.npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(kSpaces) + 1 - begin);
}

void write_llama3_header(Writer& writer, ChatRole role) {
  writer.token(kHeaderStart).text(role_name(role)).token(kHeaderEnd).text("\n\n");
}

std::vector<ChatPart> render_llama3(std::span<const ChatMessage> messages) {
  Writer writer;
  for (const ChatMessage& message : messages) {
    write_llama3_header(writer, message.role);
    writer.text(trimmed(message.text)).token(kEndOfTurn);
  }
  write_llama3_header(writer, ChatRole::kAssistant);
  return writer.take();
}

std::vector<ChatPart> render_chatml(std::span<const ChatMessage> messages) {
  Writer writer;
  for (const ChatMessage& message : messages) {
    writer.token(kImStart).text(role_name(message.role)).text("\n").text(message.text);
    writer.token(kImEnd).text("\n");
  }
  return writer.token(kImStart).text("assistant\n").take();
}

std::vector<ChatPart> render_falcon3(std::span<const ChatMessage> messages) {
  Writer writer;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const ChatMessage& message = messages[i];
    const bool is_answer = message.role == ChatRole::kAssistant;
    writer.token(is_answer ? kAssistant : message.role == ChatRole::kUser ? kUser : kSystem);
    writer.text("\n").text(message.text);
    if (is_answer) {
      writer.token(kEndOfText);
    }
    if (!is_answer || i + 1 < messages.size()) {
      writer.text("\n");
    }
  }
  return writer.token(kAssistant).text("\n").take();
}

std::vector<ChatPart> render_plain(std::span<const ChatMessage> messages) {
  Writer writer;
  for (const ChatMessage& message : messages) {
    if (message.role == ChatRole::kUser) {
      writer.text("### Instruction:\n").text(message.text).text("\n\n### Response:\n");
    } else {
      writer.text(message.text).text("\n\n");
    }
  }
  return writer.take();
}

bool has_all(const Tokenizer& tokenizer, std::initializer_list<std::string_view> tokens) {
  return std::all_of(tokens.begin(), tokens.end(), [&](std::string_view token) {
    return tokenizer.find_special(token).has_value();
  });
}

}  // namespace

std::string_view chat_template_name(ChatTemplate chat_template) {
  const auto row = std::find_if(kTemplates.begin(), kTemplates.end(), [&](const TemplateRow& r) {
    return r.chat_template == chat_template;
  });
  return row->name;
}

Result<ChatTemplate> chat_template_from_name(std::string_view name) {
  std::vector<std::string_view> names;
  for (const TemplateRow& row : kTemplates) {
    if (row.name == name) {
      return row.chat_template;
    }
    names.push_back(row.name);
  }
  return make_error(ErrorCode::kUsage, "no chat template '{}'; there are {}", name,
                    fmt::join(names, ", "));
}

ChatTemplate pick_chat_template(const Tokenizer& tokenizer) {
  if (has_all(tokenizer, {kHeaderStart, kHeaderEnd, kEndOfTurn})) {
    return ChatTemplate::kLlama3;
  }
  if (has_all(tokenizer, {kImStart, kImEnd})) {
    return ChatTemplate::kChatml;
  }
  if (has_all(tokenizer, {kSystem, kUser, kAssistant, kEndOfText})) {
    return ChatTemplate::kFalcon3;
  }
  return ChatTemplate::kPlain;
}

std::vector<ChatPart> render_chat(ChatTemplate chat_template,
                                  std::span<const ChatMessage> messages) {
  switch (chat_template) {
    case ChatTemplate::kLlama3:
      return render_llama3(messages);
    case ChatTemplate::kChatml:
      return render_chatml(messages);
    case ChatTemplate::kFalcon3:
      return render_falcon3(messages);
    case ChatTemplate::kPlain:
      break;
  }
  return render_plain(messages);
}

Result<std::vector<std::int32_t>> encode_chat(const Tokenizer& tokenizer,
                                              ChatTemplate chat_template,
                                              std::span<const ChatMessage> messages) {
  std::vector<std::int32_t> ids;
  if (const auto bos = tokenizer.bos_id()) {
    ids.push_back(*bos);
  }
  for (const ChatPart& part : render_chat(chat_template, messages)) {
    if (part.is_special) {
      const auto id = tokenizer.find_special(part.text);
      if (!id) {
        return make_error(ErrorCode::kUsage,
                          "the vocabulary has no token '{}', which the chat template '{}' needs; "
                          "the template for it is '{}'",
                          part.text, chat_template_name(chat_template),
                          chat_template_name(pick_chat_template(tokenizer)));
      }
      ids.push_back(*id);
      continue;
    }
    ASSAY_ASSIGN(const auto text_ids,
                 tokenizer.encode(part.text, {.add_bos = false, .parse_special = false}));
    ids.insert(ids.end(), text_ids.begin(), text_ids.end());
  }
  return ids;
}

}  // namespace assay::tokenizer
