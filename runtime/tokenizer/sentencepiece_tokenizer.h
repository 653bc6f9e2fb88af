#pragma once

// SentencePiece .model files (Llama 1 and 2, tiny-llama), with Google's library.

#include <memory>
#include <string>
#include <string_view>

#include <harness/model/tokenizer.h>

namespace assay::tokenizer {

/// Reads a whole file; `name` is the file's, for messages. Errors: as read_sentencepiece_model, and
/// kCorrupt with the library's reason.
Result<std::unique_ptr<Tokenizer>> parse_sentencepiece(std::string_view file,
                                                       const std::string& name);

}  // namespace assay::tokenizer
