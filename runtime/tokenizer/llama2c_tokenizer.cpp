#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

#include <harness/base/utf8.h>
#include <runtime/tokenizer/llama2c_tokenizer.h>
#include <runtime/tokenizer/merge_parts.h>
#include <runtime/tokenizer/text_matcher.h>
#include <runtime/tokenizer/token_table.h>

namespace assay::tokenizer {
namespace {

// Both programs write these pieces first; a padding token may come before.
constexpr std::string_view kFirstPiece = "<unk>";
constexpr std::string_view kPaddingPiece = "<pad>";
// A length is also bounded by the bytes that are left.
constexpr std::int32_t kMaxTokenBytes = 64 * 1024;

/// Little-endian numbers from the front of a file, as the machine's own (assay runs on
/// little-endian machines only, like the models).
class Reader {
 public:
  explicit Reader(std::string_view file) : rest_(file) {}
  bool at_end() const { return rest_.empty(); }

  template <class Number>
  std::optional<Number> take() {
    static_assert(sizeof(Number) == 4);
    if (rest_.size() < sizeof(Number)) {
      return std::nullopt;
    }
    Number number{};
    std::memcpy(&number, rest_.data(), sizeof(number));
    rest_.remove_prefix(sizeof(number));
    return number;
  }
  std::optional<std::string_view> take_bytes(std::size_t count) {
    if (rest_.size() < count) {
      return std::nullopt;
    }
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }

 private:
  std::string_view rest_;
};

struct Header {
  std::optional<std::int32_t> vocab_size;  ///< Karpathy's files end where the tokens end
  std::optional<std::int32_t> bos_id;
  std::optional<std::int32_t> eos_id;
  std::int32_t longest = 0;
};

/// Whether the first token that `reader` gives is one that starts such a vocabulary.
bool first_token_is_known(Reader reader) {
  const auto score = reader.take<float>();
  const auto length = reader.take<std::int32_t>();
  if (!score || !length || *length != static_cast<std::int32_t>(kFirstPiece.size())) {
    return false;  // both have five bytes
  }
  const auto bytes = reader.take_bytes(kFirstPiece.size());
  return bytes == kFirstPiece || bytes == kPaddingPiece;
}

/// Reads the header of whichever layout it is; nothing if it is neither.
std::optional<Header> take_header(Reader& reader) {
  Header header;
  const auto first = reader.take<std::int32_t>();
  if (first && first_token_is_known(reader)) {
    header.longest = *first;
    return header;
  }
  header.vocab_size = first;
  header.bos_id = reader.take<std::int32_t>();
  header.eos_id = reader.take<std::int32_t>();
  const auto longest = reader.take<std::int32_t>();
  if (!longest || !first_token_is_known(reader)) {
    return std::nullopt;
  }
  header.longest = *longest;
  return header;
}

struct Vocabulary {
  TokenTable table;
  std::vector<float> scores;
  std::array<std::int32_t, 256> byte_ids{};
  std::vector<char> by_byte;       ///< by id: its byte, where it is a byte token
  std::vector<bool> is_mergeable;  ///< by id: neither a byte token nor a special one
  std::int32_t bos_id = 0;
  std::int32_t eos_id = 0;
};

Status take_token(Reader& reader, const Header& header, Vocabulary& vocabulary) {
  const std::int32_t id = vocabulary.table.size();
  const auto score = reader.take<float>();
  const auto length = reader.take<std::int32_t>();
  if (!score || !length) {
    return make_error(ErrorCode::kCorrupt, "cut short in token {}", id);
  }
  if (!std::isfinite(*score)) {
    return make_error(ErrorCode::kCorrupt, "token {} has a score that is no number", id);
  }
  if (*length <= 0 || *length > std::min(header.longest, kMaxTokenBytes)) {
    return make_error(ErrorCode::kCorrupt, "token {} says that it has {} bytes; the longest has {}",
                      id, *length, header.longest);
  }
  const auto bytes = reader.take_bytes(static_cast<std::size_t>(*length));
  if (!bytes) {
    return make_error(ErrorCode::kCorrupt, "cut short in token {}, which has {} bytes", id,
                      *length);
  }
  vocabulary.scores.push_back(*score);
  return vocabulary.table.add(std::string(*bytes));
}

/// The id of "<s>" or "</s>", around which exporters put line breaks.
Result<std::int32_t> find_control(const TokenTable& table, std::string_view text) {
  for (const std::string& written : {fmt::format("\n{}\n", text), std::string(text)}) {
    if (const auto id = table.find(written)) {
      return *id;
    }
  }
  return make_error(ErrorCode::kCorrupt, "no token is '{}'", text);
}

Status find_byte_tokens(Vocabulary& vocabulary) {
  const auto count = static_cast<std::size_t>(vocabulary.table.size());
  vocabulary.is_mergeable.assign(count, true);
  vocabulary.by_byte.assign(count, '\0');
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::string text = fmt::format("<0x{:02X}>", byte);
    const auto id = vocabulary.table.find(text);
    if (!id) {
      return make_error(ErrorCode::kCorrupt, "the byte token '{}' is missing; cut short?", text);
    }
    vocabulary.byte_ids[byte] = *id;
    vocabulary.by_byte[static_cast<std::size_t>(*id)] = static_cast<char>(byte);
    vocabulary.is_mergeable[static_cast<std::size_t>(*id)] = false;
  }
  return {};
}

Status find_control_tokens(const Header& header, Vocabulary& vocabulary) {
  if (header.bos_id && header.eos_id) {
    vocabulary.bos_id = *header.bos_id;
    vocabulary.eos_id = *header.eos_id;
    ASSAY_TRY(check_id(vocabulary.bos_id, vocabulary.table.size()));
    ASSAY_TRY(check_id(vocabulary.eos_id, vocabulary.table.size()));
  } else {
    ASSAY_ASSIGN(vocabulary.bos_id, find_control(vocabulary.table, "<s>"));
    ASSAY_ASSIGN(vocabulary.eos_id, find_control(vocabulary.table, "</s>"));
  }
  vocabulary.is_mergeable[static_cast<std::size_t>(vocabulary.bos_id)] = false;
  vocabulary.is_mergeable[static_cast<std::size_t>(vocabulary.eos_id)] = false;
  return {};
}

Result<Vocabulary> read_vocabulary(std::string_view file) {
  Reader reader(file);
  const auto header = take_header(reader);
  if (!header) {
    return make_error(ErrorCode::kCorrupt, "no llama2.c vocabulary");
  }
  Vocabulary vocabulary;
  while (!reader.at_end()) {
    ASSAY_TRY(take_token(reader, *header, vocabulary));
  }
  if (header->vocab_size && *header->vocab_size != vocabulary.table.size()) {
    return make_error(ErrorCode::kCorrupt, "it says that it has {} tokens, but has {}",
                      *header->vocab_size, vocabulary.table.size());
  }
  ASSAY_TRY(find_byte_tokens(vocabulary));
  ASSAY_TRY(find_control_tokens(*header, vocabulary));
  return vocabulary;
}

std::string without_line_breaks(std::string text) {
  std::erase(text, '\n');
  return text;
}

class Llama2cTokenizer final : public Tokenizer {
 public:
  explicit Llama2cTokenizer(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {
    for (const std::int32_t id : {vocabulary_.bos_id, vocabulary_.eos_id}) {
      special_tokens_.push_back({id, without_line_breaks(vocabulary_.table.bytes(id))});
      matcher_.add(special_tokens_.back().text, id);
    }
    std::sort(special_tokens_.begin(), special_tokens_.end(),
              [](const SpecialToken& a, const SpecialToken& b) { return a.id < b.id; });
    eos_ids_ = {vocabulary_.eos_id};
  }

  std::string_view format() const override { return "llama2.c"; }
  std::int32_t vocab_size() const override { return vocabulary_.table.size(); }
  std::optional<std::int32_t> bos_id() const override { return vocabulary_.bos_id; }
  std::span<const std::int32_t> eos_ids() const override { return eos_ids_; }
  std::span<const SpecialToken> special_tokens() const override { return special_tokens_; }
  BrokenUtf8 broken_utf8() const override { return BrokenUtf8::kReplaceEachByte; }

  Result<std::vector<std::int32_t>> encode(std::string_view text,
                                           const EncodeOptions& options) const override {
    std::vector<std::int32_t> ids;
    if (options.add_bos) {
      ids.push_back(vocabulary_.bos_id);
    }
    ASSAY_TRY(split_at_matches(
        text, matcher_, [&](std::int32_t) { return options.parse_special; },
        [&](std::string_view section) {
          encode_section(" " + std::string(section), ids);
          return Status();
        },
        [&](std::int32_t id) {
          ids.push_back(id);
          return Status();
        }));
    return ids;
  }

  Result<std::string> decode_piece(std::int32_t id, SpecialIds special,
                                   DecodeState& state) const override {
    ASSAY_TRY(check_id(id, vocab_size()));
    const std::string& bytes = vocabulary_.table.bytes(id);
    if (id == vocabulary_.bos_id || id == vocabulary_.eos_id) {
      return special == SpecialIds::kShow ? without_line_breaks(bytes) : std::string();
    }
    const bool at_start = std::exchange(state.at_start, false);
    const auto index = static_cast<std::size_t>(id);
    if (!vocabulary_.is_mergeable[index]) {
      return std::string(1, vocabulary_.by_byte[index]);
    }
    return at_start && bytes.starts_with(' ') ? bytes.substr(1) : bytes;
  }

 private:
  void encode_section(std::string_view text, std::vector<std::int32_t>& ids) const {
    std::vector<Part> parts;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t length = read_utf8(text.substr(begin)).length;
      parts.push_back({find_mergeable(text.substr(begin, length)).value_or(-1), begin, length});
      begin += length;
    }
    merge_parts(parts, [&](const Part& left, const Part& right) -> std::optional<Merge> {
      const auto id = find_mergeable(text.substr(left.begin, left.length + right.length));
      // The highest score comes first.
      if (!id) {
        return std::nullopt;
      }
      return Merge{-static_cast<double>(vocabulary_.scores[static_cast<std::size_t>(*id)]), *id};
    });
    for (const Part& part : parts) {
      if (part.id >= 0) {
        ids.push_back(part.id);
        continue;
      }
      for (const char c : text.substr(part.begin, part.length)) {
        ids.push_back(vocabulary_.byte_ids[static_cast<unsigned char>(c)]);
      }
    }
  }

  std::optional<std::int32_t> find_mergeable(std::string_view bytes) const {
    const auto id = vocabulary_.table.find(bytes);
    return id && vocabulary_.is_mergeable[static_cast<std::size_t>(*id)] ? id : std::nullopt;
  }

  Vocabulary vocabulary_;
  TextMatcher matcher_;
  std::vector<SpecialToken> special_tokens_;
  std::vector<std::int32_t> eos_ids_;
};

}  // namespace

bool looks_like_llama2c(std::string_view file) {
  Reader reader(file);
  return take_header(reader).has_value();
}

Result<std::unique_ptr<Tokenizer>> parse_llama2c(std::string_view file, const std::string& name) {
  auto vocabulary = read_vocabulary(file);
  if (!vocabulary.ok()) {
    return std::move(vocabulary).error().with_context("{}", name);
  }
  return std::unique_ptr<Tokenizer>(
      std::make_unique<Llama2cTokenizer>(std::move(vocabulary).value()));
}

}  // namespace assay::tokenizer
