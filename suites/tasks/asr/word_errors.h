#pragma once

// Word and character errors of a transcript: a normalisation, and a shortest alignment. The rules
// are those of docs/guide/asr.md; scripts/assay_tools/asr has them too, and jiwer's counts hold
// both to them.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace assay::suites {

/// A shortest way from a reference to a hypothesis; of several, the one with the most
/// substitutions.
struct EditCounts {
  std::size_t reference_length = 0;
  std::size_t substitutions = 0;
  std::size_t deletions = 0;
  std::size_t insertions = 0;

  /// Their sum, the Levenshtein distance.
  std::size_t errors() const { return substitutions + deletions + insertions; }
  EditCounts& operator+=(const EditCounts& other);
  friend bool operator==(const EditCounts&, const EditCounts&) = default;
};

/// What is compared: 1. Unicode NFKC; 2. each code point's simple lower case (no rule of context or
/// language); 3. an apostrophe (U+0027, U+2019) between two letters, marks or digits becomes
/// U+0027, every other punctuation (general category P) is dropped; 4. runs of white space become
/// one space, none at the ends. Bytes that are no UTF-8 become U+FFFD first.
std::string normalize_transcript(std::string_view text);

/// Of any symbols; time and memory: product and one of the lengths.
EditCounts count_edits(std::span<const std::uint32_t> reference,
                       std::span<const std::uint32_t> hypothesis);

/// Of words, of two normalised texts.
EditCounts word_edits(std::string_view reference, std::string_view hypothesis);

/// Of code points, spaces counted, of two normalised texts.
EditCounts character_edits(std::string_view reference, std::string_view hypothesis);

}  // namespace assay::suites
