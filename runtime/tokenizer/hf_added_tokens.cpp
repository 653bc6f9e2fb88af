#include <runtime/tokenizer/hf_added_tokens.h>
#include <runtime/tokenizer/hf_json.h>

namespace assay::tokenizer {
namespace {

Result<AddedToken> parse_added_token(const JsonValue& value) {
  ASSAY_TRY(value.expect_object(
      {"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"}));
  AddedToken token;
  ASSAY_ASSIGN(const JsonValue id, value.require("id"));
  ASSAY_ASSIGN(const std::int64_t wide_id, id.as_integer(0, kMaxTokenId));
  token.id = static_cast<std::int32_t>(wide_id);
  ASSAY_ASSIGN(const JsonValue text, value.require("content"));
  ASSAY_ASSIGN(token.text, text.as_nonempty_text());
  for (const std::string_view key : {"single_word", "lstrip", "rstrip"}) {
    ASSAY_ASSIGN(const bool is_set, flag_of(value, key, false));
    if (is_set) {
      return unsupported(value, fmt::format("'{}' of the token '{}'", key, token.text));
    }
  }
  ASSAY_ASSIGN(token.is_special, flag_of(value, "special", false));
  ASSAY_ASSIGN(token.normalized, flag_of(value, "normalized", !token.is_special));
  return token;
}

}  // namespace

Result<std::vector<AddedToken>> parse_added_tokens(const JsonValue& value) {
  ASSAY_ASSIGN(const auto items, value.as_list());
  std::vector<AddedToken> tokens;
  for (const JsonValue& item : items) {
    ASSAY_ASSIGN(tokens.emplace_back(), parse_added_token(item));
  }
  return tokens;
}

}  // namespace assay::tokenizer
