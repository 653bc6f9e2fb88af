#pragma once

// The "model" of a tokenizer.json: byte-level BPE, its vocabulary and its merges.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <harness/base/json.h>
#include <harness/base/result.h>
#include <runtime/tokenizer/merge_parts.h>

namespace assay::tokenizer {

class HfModel {
 public:
  /// Errors: of the document; kCorrupt, a merge of unknown tokens, an id twice; kUnsupported, names
  /// the type or the option.
  static Result<HfModel> parse(const JsonValue& value);

  /// Tokens as the file writes them (in the byte alphabet), by id. May have holes, which
  /// added tokens fill.
  const std::map<std::int32_t, std::string>& keys() const { return keys_; }
  std::optional<std::int32_t> find_key(std::string_view key) const;

  /// Appends the ids of one word. A byte without a token becomes the vocabulary's unknown token
  /// or, where there is none, nothing, as in the `tokenizers` library.
  void encode(std::string_view word, std::vector<std::int32_t>& ids) const;
  /// Takes `id` out of what a whole word may be, so that no text becomes that token by itself.
  void reserve(std::int32_t id);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using IdByText = std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>>;

  Status read_options(const JsonValue& value);
  Status read_vocabulary(const JsonValue& value);
  Status read_merges(const JsonValue& value);
  std::vector<Part> split_bytes(std::string_view word) const;

  std::map<std::int32_t, std::string> keys_;
  IdByText ids_;          ///< by key
  IdByText whole_words_;  ///< by bytes, for ignore_merges
  std::array<std::optional<std::int32_t>, 256> byte_ids_;
  std::unordered_map<std::uint64_t, Merge> merges_;  ///< by both ids, see pair_key
  std::optional<std::int32_t> unknown_;
  bool fuse_unknown_ = false;
  bool ignore_merges_ = false;
};

}  // namespace assay::tokenizer
