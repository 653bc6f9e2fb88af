#include <runtime/tokenizer/byte_alphabet.h>
#include <runtime/tokenizer/hf_json.h>
#include <runtime/tokenizer/hf_model.h>
#include <runtime/tokenizer/token_table.h>

namespace assay::tokenizer {
namespace {

constexpr std::uint64_t pair_key(std::int32_t left, std::int32_t right) {
  return (static_cast<std::uint64_t>(left) << 32U) | static_cast<std::uint64_t>(right);
}

struct TokenPair {
  std::string left;
  std::string right;
};

/// A merge as "a b" or as ["a", "b"].
Result<TokenPair> read_pair(const JsonValue& value) {
  if (value.is_list()) {
    ASSAY_ASSIGN(const auto items, value.as_list());
    if (items.size() != 2) {
      return value.error(fmt::format("must have two tokens, not {}", items.size()));
    }
    TokenPair pair;
    ASSAY_ASSIGN(pair.left, items[0].as_text());
    ASSAY_ASSIGN(pair.right, items[1].as_text());
    return pair;
  }
  ASSAY_ASSIGN(const std::string text, value.as_text());
  const std::size_t space = text.find(' ');
  if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) {
    return value.error(fmt::format("must be two tokens and one space, not '{}'", text));
  }
  return TokenPair{text.substr(0, space), text.substr(space + 1)};
}

/// An option that changes the ids, set to anything but "off".
Status expect_off(const JsonValue& model, std::string_view key) {
  const auto value = find_set(model, key);
  if (!value) {
    return {};
  }
  const std::string shown = value->shown();
  if (shown == "false" || shown == "\"\"" || shown == "0" || shown == "0.0") {
    return {};
  }
  return unsupported(*value, fmt::format("'{}' = {}", key, shown));
}

}  // namespace

Result<HfModel> HfModel::parse(const JsonValue& value) {
  ASSAY_TRY(value.expect_object());
  // Older files leave the type out; their models are told apart by their members.
  if (const auto type = value.find("type")) {
    ASSAY_ASSIGN(const std::string name, type->as_text());
    if (name != "BPE") {
      return unsupported(*type, fmt::format("the model '{}' (only byte-level BPE)", name));
    }
  }
  ASSAY_TRY(value.expect_object({"type", "dropout", "unk_token", "continuing_subword_prefix",
                                 "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges",
                                 "vocab", "merges"}));
  HfModel model;
  ASSAY_ASSIGN(const JsonValue vocabulary, value.require("vocab"));
  ASSAY_TRY(model.read_vocabulary(vocabulary));
  ASSAY_ASSIGN(const JsonValue merges, value.require("merges"));
  ASSAY_TRY(model.read_merges(merges));
  ASSAY_TRY(model.read_options(value));
  return model;
}

Status HfModel::read_options(const JsonValue& value) {
  for (const std::string_view key :
       {"dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback"}) {
    ASSAY_TRY(expect_off(value, key));
  }
  ASSAY_ASSIGN(ignore_merges_, flag_of(value, "ignore_merges", false));
  ASSAY_ASSIGN(fuse_unknown_, flag_of(value, "fuse_unk", false));
  if (const auto unknown = find_set(value, "unk_token")) {
    ASSAY_ASSIGN(const std::string text, unknown->as_text());
    unknown_ = find_key(text);
    if (!unknown_) {
      return unknown->error(fmt::format("'{}' is not in the vocabulary", text));
    }
  }
  return {};
}

Status HfModel::read_vocabulary(const JsonValue& value) {
  ASSAY_TRY(value.expect_object());
  for (const auto& [key, id_value] : value.members()) {
    ASSAY_ASSIGN(const std::int64_t wide_id, id_value.as_integer(0, kMaxTokenId));
    const auto id = static_cast<std::int32_t>(wide_id);
    const auto [other, is_new] = keys_.emplace(id, key);
    if (!is_new) {
      return id_value.error(fmt::format("the id {} belongs to '{}' already", id, other->second));
    }
    ids_.emplace(key, id);
    const auto bytes = bytes_from_alphabet(key);
    if (!bytes || bytes->empty()) {
      continue;  // an added token in another alphabet: no text is merged to it
    }
    whole_words_.emplace(*bytes, id);
    if (bytes->size() == 1) {
      byte_ids_[static_cast<unsigned char>(bytes->front())] = id;
    }
  }
  return {};
}

Status HfModel::read_merges(const JsonValue& value) {
  ASSAY_ASSIGN(const auto items, value.as_list());
  merges_.reserve(items.size());
  double rank = 0;
  for (const JsonValue& item : items) {
    ASSAY_ASSIGN(const TokenPair pair, read_pair(item));
    const auto left = find_key(pair.left);
    const auto right = find_key(pair.right);
    const auto merged = find_key(pair.left + pair.right);
    if (!left || !right || !merged) {
      const std::string& missing = !left ? pair.left : !right ? pair.right : pair.left + pair.right;
      return item.error(fmt::format("the token '{}' is not in the vocabulary", missing));
    }
    // A pair that is there twice counts as the later one, as in the `tokenizers` library.
    merges_[pair_key(*left, *right)] = Merge{rank++, *merged};
  }
  return {};
}

std::optional<std::int32_t> HfModel::find_key(std::string_view key) const {
  const auto found = ids_.find(key);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

void HfModel::reserve(std::int32_t id) {
  const auto key = keys_.find(id);
  if (key == keys_.end()) {
    return;
  }
  if (const auto bytes = bytes_from_alphabet(key->second)) {
    whole_words_.erase(*bytes);
  }
}

std::vector<Part> HfModel::split_bytes(std::string_view word) const {
  std::vector<Part> parts;
  parts.reserve(word.size());
  bool after_unknown = false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto id = byte_ids_[static_cast<unsigned char>(word[i])];
    if (id) {
      parts.push_back({*id, i, 1});
    } else if (unknown_ && !(after_unknown && fuse_unknown_)) {
      parts.push_back({*unknown_, i, 1});
    }
    after_unknown = !id;
  }
  return parts;
}

void HfModel::encode(std::string_view word, std::vector<std::int32_t>& ids) const {
  if (ignore_merges_) {
    if (const auto whole = whole_words_.find(word); whole != whole_words_.end()) {
      ids.push_back(whole->second);
      return;
    }
  }
  std::vector<Part> parts = split_bytes(word);
  merge_parts(parts, [&](const Part& left, const Part& right) -> std::optional<Merge> {
    const auto found = merges_.find(pair_key(left.id, right.id));
    return found == merges_.end() ? std::nullopt : std::optional(found->second);
  });
  for (const Part& part : parts) {
    ids.push_back(part.id);
  }
}

}  // namespace assay::tokenizer
