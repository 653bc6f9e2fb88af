#include <runtime/tokenizer/hf_json.h>
#include <runtime/tokenizer/hf_post_processor.h>

namespace assay::tokenizer {
namespace {

using MaybeId = std::optional<std::int32_t>;

/// The one id of the template's special token `name`.
Result<MaybeId> find_template_token(const JsonValue& value, const std::string& name) {
  ASSAY_ASSIGN(const JsonValue tokens, value.require("special_tokens"));
  ASSAY_TRY(tokens.expect_object());
  ASSAY_ASSIGN(const JsonValue token, tokens.require(name));
  ASSAY_TRY(token.expect_object({"id", "ids", "tokens"}));
  ASSAY_ASSIGN(const JsonValue ids, token.require("ids"));
  ASSAY_ASSIGN(const auto list, ids.as_list());
  if (list.size() != 1) {
    return unsupported(ids, fmt::format("a template token of {} ids", list.size()));
  }
  ASSAY_ASSIGN(const std::int64_t id, list[0].as_integer(0, INT32_MAX));
  return MaybeId(static_cast<std::int32_t>(id));
}

/// The template of a single text: the text alone, or one special token and the text.
Result<MaybeId> parse_template(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"type", "single", "pair", "special_tokens"}));
  ASSAY_ASSIGN(const JsonValue single, value.require("single"));
  ASSAY_ASSIGN(const auto items, single.as_nonempty_list());
  ASSAY_TRY(items.back().expect_object({"Sequence", "SpecialToken"}));
  if (items.size() > 2 || !items.back().find("Sequence")) {
    return unsupported(single, "a template other than the text, or one token and the text,");
  }
  if (items.size() == 1) {
    return MaybeId();
  }
  ASSAY_TRY(items.front().expect_object({"SpecialToken"}));
  ASSAY_ASSIGN(const JsonValue token, items.front().require("SpecialToken"));
  ASSAY_TRY(token.expect_object({"id", "type_id"}));
  ASSAY_ASSIGN(const JsonValue id, token.require("id"));
  ASSAY_ASSIGN(const std::string name, id.as_text());
  return find_template_token(value, name);
}

Result<MaybeId> parse_processor(const JsonValue& value) {
  ASSAY_ASSIGN(const std::string type, type_of(value));
  if (type == "ByteLevel") {
    // It only moves positions in the text, which ids do not have.
    ASSAY_TRY(value.expect_object({"type", "add_prefix_space", "trim_offsets", "use_regex"}));
    return MaybeId();
  }
  if (type == "TemplateProcessing") {
    return parse_template(value);
  }
  if (type != "Sequence") {
    return unsupported(value, fmt::format("the post-processor '{}'", type));
  }
  ASSAY_TRY(value.expect_object({"type", "processors"}));
  ASSAY_ASSIGN(const JsonValue list, value.require("processors"));
  ASSAY_ASSIGN(const auto items, list.as_list());
  MaybeId bos;
  for (const JsonValue& item : items) {
    ASSAY_ASSIGN(const MaybeId id, parse_processor(item));
    if (id && bos) {
      return unsupported(item, "a second token before the text");
    }
    bos = id ? id : bos;
  }
  return bos;
}

}  // namespace

Result<MaybeId> parse_bos_of_post_processor(const JsonValue& document) {
  const auto value = find_set(document, "post_processor");
  if (!value) {
    return MaybeId();
  }
  return parse_processor(*value);
}

}  // namespace assay::tokenizer
