#include <algorithm>
#include <array>

#include <runtime/tokenizer/token_table.h>

namespace assay::tokenizer {
namespace {

constexpr std::size_t kMaxShownBytes = 40;

// Llama 2 and SentencePiece; Llama 3; ChatML; GPT-2, Falcon 3.
constexpr std::array<std::string_view, 7> kEndTokens{
    "</s>",       "<|end_of_text|>", "<|eot_id|>",   "<|eom_id|>",
    "<|im_end|>", "<|endoftext|>",   "<end_of_turn>"};

}  // namespace

Status TokenTable::add(std::string bytes) {
  const auto [found, is_new] = ids_.emplace(bytes, size());
  if (!is_new) {
    return make_error(ErrorCode::kCorrupt, "the ids {} and {} are the same token '{}'",
                      found->second, size(), shown_bytes(bytes));
  }
  longest_ = std::max(longest_, bytes.size());
  pieces_.push_back(std::move(bytes));
  return {};
}

std::optional<std::int32_t> TokenTable::find(std::string_view bytes) const {
  // Hashing a long word for nothing would make long words slow.
  if (bytes.size() > longest_) {
    return std::nullopt;
  }
  const auto found = ids_.find(bytes);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

Status check_id(std::int32_t id, std::int32_t vocab_size) {
  if (id >= 0 && id < vocab_size) {
    return {};
  }
  return make_error(ErrorCode::kUsage,
                    "token id {} is outside the vocabulary, which has {} (0 to {})", id, vocab_size,
                    vocab_size - 1);
}

std::string shown_bytes(std::string_view bytes) {
  std::string shown;
  for (const char c : bytes.substr(0, kMaxShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte >= 0x20 && byte < 0x7F ? std::string(1, c) : fmt::format("\\x{:02X}", byte);
  }
  return bytes.size() > kMaxShownBytes ? shown + "..." : shown;
}

std::vector<std::int32_t> well_known_eos_ids(std::span<const SpecialToken> tokens) {
  std::vector<std::int32_t> ids;
  for (const SpecialToken& token : tokens) {
    if (std::find(kEndTokens.begin(), kEndTokens.end(), token.text) != kEndTokens.end()) {
      ids.push_back(token.id);
    }
  }
  return ids;
}

}  // namespace assay::tokenizer
