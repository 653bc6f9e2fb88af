#pragma once

// Llama 3's tokenizer.model, as tiktoken reads it: lines of a token in base64 and its rank, which
// is its id and the order of merging. The file has neither the pattern nor the special tokens; they
// are Llama 3's: 256 ids after the ranks, with the names of Llama 3.1 and later (Llama 3.0 differs
// in four that no chat uses).

#include <memory>
#include <string>
#include <string_view>

#include <harness/model/tokenizer.h>

namespace assay::tokenizer {

/// Reads a whole file; `name` is the file's, for messages. Errors: kCorrupt, with the line: not
/// base64, a rank out of order, a token twice, a byte that is no token.
Result<std::unique_ptr<Tokenizer>> parse_tiktoken(std::string_view text, const std::string& name);

/// Whether the first line is base64, a space and a rank.
bool looks_like_tiktoken(std::string_view text);

}  // namespace assay::tokenizer
