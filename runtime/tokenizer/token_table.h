#pragma once

// The tokens of a vocabulary as bytes, found by id and by bytes.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/tokenizer.h>

namespace assay::tokenizer {

class TokenTable {
 public:
  /// Adds `bytes` as the next id. Errors: kCorrupt, another id has the same bytes already.
  Status add(std::string bytes);

  std::int32_t size() const { return static_cast<std::int32_t>(pieces_.size()); }
  /// Precondition: 0 <= id < size().
  const std::string& bytes(std::int32_t id) const { return pieces_[static_cast<std::size_t>(id)]; }
  std::optional<std::int32_t> find(std::string_view bytes) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::vector<std::string> pieces_;
  std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> ids_;
  std::size_t longest_ = 0;
};

/// An error unless `id` is one of `vocab_size`.
Status check_id(std::int32_t id, std::int32_t vocab_size);

/// Bytes as they are shown in a message: printable ASCII, and \xHH for the others; cut when long.
std::string shown_bytes(std::string_view bytes);

/// Ids of those `tokens` whose text ends a text or a turn in a well-known family, ascending.
/// Precondition: `tokens` are ascending by id.
std::vector<std::int32_t> well_known_eos_ids(std::span<const SpecialToken> tokens);

}  // namespace assay::tokenizer
