#pragma once

// Any tokenizer file, told by its content.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <harness/model/tokenizer.h>

namespace assay::tokenizer {

/// Opens a SentencePiece .model, llama2.c .bin, Llama 3 tokenizer.model (tiktoken) or Hugging Face
/// tokenizer.json. Errors: kNotFound, kIo; kCorrupt, no tokenizer (says what the file looks like)
/// or a broken one; kUnsupported, names what is not supported.
Result<std::unique_ptr<Tokenizer>> open_tokenizer(const std::filesystem::path& path);

/// The same for a file's content; `name` is for messages.
Result<std::unique_ptr<Tokenizer>> parse_tokenizer(std::string_view file, const std::string& name);

}  // namespace assay::tokenizer
