#pragma once

// What of a SentencePiece .model (a protobuf, sentencepiece_model.proto) must be known besides what
// the library tells: the rules of decoding. And whether the file is safe to give to the library,
// which follows offsets inside of it without looking.

#include <cstddef>
#include <string>
#include <string_view>

#include <harness/base/result.h>

namespace assay::tokenizer {

struct SentencePieceModel {
  std::size_t piece_count = 0;
  bool add_dummy_prefix = true;          ///< a text gets a space before its first word
  bool remove_extra_whitespaces = true;  ///< spaces at the ends and double ones are dropped
  std::string unknown_surface = " \xE2\x81\x87 ";  ///< what an unknown token is decoded to
};

/// Walks the whole file. `name` is the file's, for messages. Errors: kCorrupt, cut short or broken
/// (with the byte); kUnsupported, an option that decoding here does not follow (names it).
Result<SentencePieceModel> read_sentencepiece_model(std::string_view file, const std::string& name);

/// Whether the file starts as a SentencePiece model does: a piece of plausible length.
bool looks_like_sentencepiece(std::string_view file);

}  // namespace assay::tokenizer
