#include <algorithm>

#include <harness/base/utf8.h>
#include <harness/model/tokenizer.h>

namespace assay {
namespace {

void append_replacement(std::string& text, std::size_t broken_bytes, BrokenUtf8 rule) {
  const std::size_t count = rule == BrokenUtf8::kReplaceEachByte ? broken_bytes : 1;
  for (std::size_t i = 0; i < count; ++i) {
    text += kReplacementCharacter;
  }
}

/// Moves what is complete from the front of `bytes` to the end of `text`.
void move_complete(std::string& bytes, BrokenUtf8 rule, std::string& text) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const Utf8Step step = read_utf8(rest);
    if (step.kind == Utf8Step::Kind::kIncomplete) {
      break;
    }
    if (step.kind == Utf8Step::Kind::kCharacter) {
      text += rest.substr(0, step.length);
    } else {
      append_replacement(text, step.length, rule);
    }
    rest.remove_prefix(step.length);
  }
  bytes.erase(0, bytes.size() - rest.size());
}

}  // namespace

Result<std::string> Tokenizer::piece_bytes(std::int32_t id) const {
  DecodeState middle{.at_start = false};
  return decode_piece(id, SpecialIds::kShow, middle);
}

Result<std::string> Tokenizer::decode(std::span<const std::int32_t> ids, SpecialIds special) const {
  StreamingDecoder decoder(*this, special);
  std::string text;
  for (const std::int32_t id : ids) {
    ASSAY_ASSIGN(const std::string part, decoder.put(id));
    text += part;
  }
  return text + decoder.finish();
}

std::optional<std::int32_t> Tokenizer::find_special(std::string_view text) const {
  const auto tokens = special_tokens();
  const auto found = std::find_if(tokens.begin(), tokens.end(),
                                  [&](const SpecialToken& token) { return token.text == text; });
  return found == tokens.end() ? std::nullopt : std::optional(found->id);
}

Result<std::string> StreamingDecoder::put(std::int32_t id) {
  ASSAY_ASSIGN(const std::string bytes, tokenizer_->decode_piece(id, special_, state_));
  pending_ += bytes;
  std::string text;
  move_complete(pending_, tokenizer_->broken_utf8(), text);
  return text;
}

std::string StreamingDecoder::finish() {
  std::string text;
  if (!pending_.empty()) {
    append_replacement(text, pending_.size(), tokenizer_->broken_utf8());
  }
  pending_.clear();
  state_ = DecodeState{};
  return text;
}

}  // namespace assay
