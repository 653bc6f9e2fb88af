#pragma once

// llama2.c's tokenizer.bin: a SentencePiece BPE vocabulary in a flat file, in Karpathy's layout
// (the length of the longest token, then score, length and bytes of each token) or ExecuTorch's
// (vocabulary size, BOS, EOS and that length before the same tokens). All numbers are little-endian
// and 32 bits wide.

#include <memory>
#include <string>
#include <string_view>

#include <harness/model/tokenizer.h>

namespace assay::tokenizer {

/// Reads a whole file; `name` is the file's, for messages. Errors: kCorrupt, with the token: cut
/// short, an impossible length, a score that is no number, a token twice, a byte token (<0x00> to
/// <0xFF>), <s> or </s> missing.
Result<std::unique_ptr<Tokenizer>> parse_llama2c(std::string_view file, const std::string& name);

/// Whether the first tokens are those that every such file has.
bool looks_like_llama2c(std::string_view file);

}  // namespace assay::tokenizer
