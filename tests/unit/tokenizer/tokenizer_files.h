#pragma once

// The committed vocabularies (scripts/make/make_tokenizer_vectors.py).

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <runtime/tokenizer/open_tokenizer.h>

namespace assay::tokenizer {

inline std::string data_file(const std::string& name) {
  return ASSAY_SOURCE_DIR "/tests/data/tokenizer/" + name;
}

inline std::string read_data(const std::string& name) {
  return read_text_file(data_file(name)).value();
}

/// Opens a committed vocabulary. Precondition: it is there and fine.
inline std::unique_ptr<Tokenizer> open_data(const std::string& name) {
  auto opened = open_tokenizer(data_file(name));
  EXPECT_TRUE(opened.ok()) << opened.error().message;
  return std::move(opened).value();
}

/// "no error", or the message.
inline std::string error_of(std::string_view file) {
  const auto opened = parse_tokenizer(file, "t");
  return opened.ok() ? "no error" : opened.error().message;
}

/// `text` with the first `from` replaced; `from` must be there.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

/// All ids of `text`, nothing parsed, no BOS.
inline std::vector<std::int32_t> plain_ids(const Tokenizer& tokenizer, std::string_view text) {
  auto ids = tokenizer.encode(text, {.add_bos = false, .parse_special = false});
  EXPECT_TRUE(ids.ok()) << ids.error().message;
  return ids.ok() ? ids.value() : std::vector<std::int32_t>{};
}

}  // namespace assay::tokenizer
