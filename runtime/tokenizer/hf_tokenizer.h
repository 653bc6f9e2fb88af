#pragma once

// Hugging Face tokenizer.json with byte-level BPE: Qwen2, Falcon 3, SmolLM2, Llama 3, GPT-2.

#include <memory>
#include <string>
#include <string_view>

#include <harness/model/tokenizer.h>

namespace assay::tokenizer {

/// Reads a whole tokenizer.json; `name` is the file's, for messages. Errors: kCorrupt, with the
/// place; kUnsupported, names what is not supported: nothing in the file is ignored.
Result<std::unique_ptr<Tokenizer>> parse_hf_tokenizer(std::string_view text,
                                                      const std::string& name);

}  // namespace assay::tokenizer
