#pragma once

// The words that a recogniser's logits are over.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>

namespace assay::suites {

struct WordVocabulary {
  std::int32_t blank = 0;          ///< CTC's: no word
  std::vector<std::string> words;  ///< the index is the id

  /// Words joined by one space. Precondition: ids of the vocabulary.
  std::string text(std::span<const std::int32_t> ids) const;
};

/// Parses {"blank": 0, "words": ["<blank>", "a", ...]}. Errors: kCorrupt with the JSON pointer.
Result<WordVocabulary> parse_vocabulary(std::string_view text, std::string_view name);

/// Reads and parses. Errors: as above, kNotFound and kIo.
Result<WordVocabulary> read_vocabulary(const std::filesystem::path& path);

}  // namespace assay::suites
