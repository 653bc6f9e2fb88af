#include <algorithm>

#include <harness/base/file.h>
#include <runtime/tokenizer/hf_tokenizer.h>
#include <runtime/tokenizer/llama2c_tokenizer.h>
#include <runtime/tokenizer/open_tokenizer.h>
#include <runtime/tokenizer/sentencepiece_model.h>
#include <runtime/tokenizer/sentencepiece_tokenizer.h>
#include <runtime/tokenizer/tiktoken_tokenizer.h>

namespace assay::tokenizer {
namespace {

constexpr std::string_view kJsonSpaces = " \t\r\n";
// A .pte has its mark after the offset of the root table.
constexpr std::size_t kPteMarkAt = 4;

bool looks_like_json(std::string_view file) {
  const std::size_t first = file.find_first_not_of(kJsonSpaces);
  return first != file.npos && file[first] == '{';
}

bool looks_like_text(std::string_view file) {
  const std::string_view start = file.substr(0, 256);
  return std::none_of(start.begin(), start.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && kJsonSpaces.find(c) == kJsonSpaces.npos;
  });
}

/// What a file that is no tokenizer seems to be, and what to give instead.
std::string_view describe(std::string_view file) {
  if (file.starts_with("GGUF")) {
    return "a GGUF file; its vocabulary must be exported to a tokenizer.json";
  }
  if (file.substr(std::min(kPteMarkAt, file.size())).starts_with("ET")) {
    return "a .pte model; the tokenizer is a file of its own";
  }
  if (file.starts_with("PK\x03\x04")) {
    return "a zip archive or a PyTorch checkpoint";
  }
  if (file.starts_with("version https://git-lfs")) {
    return "a Git LFS pointer; fetch the file itself with 'git lfs pull'";
  }
  if (file.size() > 9 && file[8] == '{') {
    return "a safetensors file";
  }
  return looks_like_text(file) ? "some other text" : "some other binary file";
}

}  // namespace

Result<std::unique_ptr<Tokenizer>> open_tokenizer(const std::filesystem::path& path) {
  ASSAY_ASSIGN(const std::string file, read_text_file(path));
  return parse_tokenizer(file, path.string());
}

Result<std::unique_ptr<Tokenizer>> parse_tokenizer(std::string_view file, const std::string& name) {
  if (file.empty()) {
    return make_error(ErrorCode::kCorrupt, "{}: the file is empty", name);
  }
  if (looks_like_json(file)) {
    return parse_hf_tokenizer(file, name);
  }
  if (looks_like_tiktoken(file)) {
    return parse_tiktoken(file, name);
  }
  if (looks_like_llama2c(file)) {
    return parse_llama2c(file, name);
  }
  if (looks_like_sentencepiece(file)) {
    return parse_sentencepiece(file, name);
  }
  return make_error(
      ErrorCode::kCorrupt,
      "{}: not a tokenizer; it looks like {}. Give a SentencePiece .model, a llama2.c "
      ".bin, Llama 3's tokenizer.model or a tokenizer.json",
      name, describe(file));
}

}  // namespace assay::tokenizer
