// Encodes and decodes many strings, for the comparison with the reference libraries
// (scripts/dev/compare_tokenizers.py).
//
//   tokenize_strings TOKENIZER [--parse-special] [--add-bos] < IN > OUT
//
// IN: a line a string, its bytes in hexadecimal. OUT: a line a string: ids with spaces between, a
// tab, and what decoding them gives, in hexadecimal.

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <runtime/tokenizer/open_tokenizer.h>

namespace {

using assay::StreamingDecoder;
using assay::Tokenizer;

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::strtoul(std::string(hex.substr(i, 2)).c_str(), nullptr, 16));
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return hex;
}

assay::Status print_line(const Tokenizer& tokenizer, std::string_view text,
                         const assay::EncodeOptions& options) {
  ASSAY_ASSIGN(const auto ids, tokenizer.encode(text, options));
  ASSAY_ASSIGN(const std::string decoded, tokenizer.decode(ids));
  fmt::print("{}\t{}\n", fmt::join(ids, " "), to_hex(decoded));
  return {};
}

assay::Status run(const std::string& path, const assay::EncodeOptions& options) {
  ASSAY_ASSIGN(const auto tokenizer, assay::tokenizer::open_tokenizer(path));
  for (std::string line; std::getline(std::cin, line);) {
    ASSAY_TRY(print_line(*tokenizer, from_hex(line), options));
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  std::string path;
  assay::EncodeOptions options{.add_bos = false};
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--parse-special") {
      options.parse_special = true;
    } else if (argument == "--add-bos") {
      options.add_bos = true;
    } else {
      path = argument;
    }
  }
  const auto status = run(path, options);
  if (!status.ok()) {
    fmt::print(stderr, "{}\n", status.error().message);
    return 2;
  }
  return 0;
}
