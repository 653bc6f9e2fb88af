#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include <harness/base/utf8.h>
#include <runtime/tokenizer/merge_parts.h>
#include <runtime/tokenizer/regex.h>
#include <runtime/tokenizer/text_matcher.h>
#include <runtime/tokenizer/tiktoken_tokenizer.h>
#include <runtime/tokenizer/token_table.h>

namespace assay::tokenizer {
namespace {

// As published with the models (meta-llama/llama-models, models/llama3/tokenizer.py).
constexpr std::string_view kPattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|)"
    R"( ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::array<std::string_view, 12> kSpecialNames{"<|begin_of_text|>",
                                                         "<|end_of_text|>",
                                                         "<|reserved_special_token_0|>",
                                                         "<|reserved_special_token_1|>",
                                                         "<|finetune_right_pad_id|>",
                                                         "<|step_id|>",
                                                         "<|start_header_id|>",
                                                         "<|end_header_id|>",
                                                         "<|eom_id|>",
                                                         "<|eot_id|>",
                                                         "<|python_tag|>",
                                                         "<|image|>"};
constexpr int kSpecialCount = 256;
constexpr int kFirstUnnamed = 2;  // numbers 0 and 1 are among the names

/// Six bits, or nothing for what is no base64 digit (RFC 4648, section 4).
std::optional<unsigned> base64_digit(char c) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::size_t at = kDigits.find(c);
  return at == kDigits.npos ? std::nullopt : std::optional(static_cast<unsigned>(at));
}

/// Nothing for what is not padded base64 of at least one byte.
std::optional<std::string> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) {
    return std::nullopt;
  }
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string bytes;
  unsigned bits = 0;
  for (std::size_t i = 0; i < text.size() - padding; ++i) {
    const auto digit = base64_digit(text[i]);
    if (!digit) {
      return std::nullopt;
    }
    bits = (bits << 6U) | *digit;
    // Digits 1, 2 and 3 of four complete a byte each.
    if (i % 4 != 0) {
      const unsigned unused = 6 - 2 * static_cast<unsigned>(i % 4);
      bytes += static_cast<char>((bits >> unused) & 0xFFU);
    }
  }
  return bytes;
}

struct Line {
  std::string bytes;
  std::int64_t rank = 0;
};

std::optional<Line> parse_line(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == text.npos) {
    return std::nullopt;
  }
  auto bytes = decode_base64(text.substr(0, space));
  const std::string_view digits = text.substr(space + 1);
  Line line;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), line.rank);
  if (!bytes || error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  line.bytes = *std::move(bytes);
  return line;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

class TiktokenTokenizer final : public Tokenizer {
 public:
  TiktokenTokenizer(TokenTable table, Regex pattern)
      : table_(std::move(table)), pattern_(std::move(pattern)) {
    for (int i = 0; i < kSpecialCount; ++i) {
      const auto index = static_cast<std::size_t>(i);
      const int number = i - static_cast<int>(kSpecialNames.size()) + kFirstUnnamed;
      special_tokens_.push_back(
          {table_.size() + i, index < kSpecialNames.size()
                                  ? std::string(kSpecialNames[index])
                                  : fmt::format("<|reserved_special_token_{}|>", number)});
      matcher_.add(special_tokens_.back().text, special_tokens_.back().id);
    }
    eos_ids_ = well_known_eos_ids(special_tokens_);
  }

  std::string_view format() const override { return "tiktoken"; }
  std::int32_t vocab_size() const override { return table_.size() + kSpecialCount; }
  std::optional<std::int32_t> bos_id() const override { return table_.size(); }
  std::span<const std::int32_t> eos_ids() const override { return eos_ids_; }
  std::span<const SpecialToken> special_tokens() const override { return special_tokens_; }
  BrokenUtf8 broken_utf8() const override { return BrokenUtf8::kReplaceEachSequence; }

  Result<std::vector<std::int32_t>> encode(std::string_view text,
                                           const EncodeOptions& options) const override {
    std::vector<std::int32_t> ids;
    if (options.add_bos) {
      ids.push_back(*bos_id());
    }
    const std::string valid = replace_broken_utf8(text);
    ASSAY_TRY(split_at_matches(
        valid, matcher_, [&](std::int32_t) { return options.parse_special; },
        [&](std::string_view section) { return encode_section(section, ids); },
        [&](std::int32_t id) {
          ids.push_back(id);
          return Status();
        }));
    return ids;
  }

  Result<std::string> decode_piece(std::int32_t id, SpecialIds special,
                                   DecodeState& state) const override {
    ASSAY_TRY(check_id(id, vocab_size()));
    if (id < table_.size()) {
      state.at_start = false;
      return table_.bytes(id);
    }
    if (special == SpecialIds::kSkip) {
      return std::string();
    }
    return special_tokens_[static_cast<std::size_t>(id - table_.size())].text;
  }

 private:
  Status encode_section(std::string_view text, std::vector<std::int32_t>& ids) const {
    std::size_t done = 0;
    while (done < text.size()) {
      ASSAY_ASSIGN(const auto match, pattern_.find(text, done));
      if (!match) {
        break;  // the pattern leaves nothing out, but what it did would be dropped by tiktoken too
      }
      encode_word(text.substr(match->begin, match->end - match->begin), ids);
      done = match->end;
    }
    return {};
  }

  void encode_word(std::string_view word, std::vector<std::int32_t>& ids) const {
    if (const auto whole = table_.find(word)) {
      ids.push_back(*whole);
      return;
    }
    std::vector<Part> parts;
    parts.reserve(word.size());
    for (std::size_t i = 0; i < word.size(); ++i) {
      parts.push_back({table_.find(word.substr(i, 1)).value_or(-1), i, 1});
    }
    merge_parts(parts, [&](const Part& left, const Part& right) -> std::optional<Merge> {
      const auto id = table_.find(word.substr(left.begin, left.length + right.length));
      return id ? std::optional(Merge{static_cast<double>(*id), *id}) : std::nullopt;
    });
    for (const Part& part : parts) {
      ids.push_back(part.id);
    }
  }

  TokenTable table_;
  Regex pattern_;
  TextMatcher matcher_;
  std::vector<SpecialToken> special_tokens_;
  std::vector<std::int32_t> eos_ids_;
};

}  // namespace

bool looks_like_tiktoken(std::string_view text) { return parse_line(take_line(text)).has_value(); }

Result<std::unique_ptr<Tokenizer>> parse_tiktoken(std::string_view text, const std::string& name) {
  TokenTable table;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view raw = take_line(text);
    if (raw.empty()) {
      continue;
    }
    auto line = parse_line(raw);
    if (!line) {
      return make_error(ErrorCode::kCorrupt, "{}: line {}: '{}' is not base64 and a rank", name,
                        number, shown_bytes(raw));
    }
    if (line->rank != table.size()) {
      return make_error(ErrorCode::kCorrupt, "{}: line {}: the rank must be {}, not {}", name,
                        number, table.size(), line->rank);
    }
    if (auto added = table.add(std::move(line->bytes)); !added.ok()) {
      return std::move(added).error().with_context("{}: line {}", name, number);
    }
  }
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (!table.find(std::string_view(&c, 1))) {
      return make_error(ErrorCode::kCorrupt,
                        "{}: the byte 0x{:02X} is no token; the file is cut short or not Llama 3's",
                        name, byte);
    }
  }
  ASSAY_ASSIGN(Regex pattern, Regex::compile(kPattern));
  return std::unique_ptr<Tokenizer>(
      std::make_unique<TiktokenTokenizer>(std::move(table), std::move(pattern)));
}

}  // namespace assay::tokenizer
