#include <runtime/tokenizer/hf_json.h>

namespace assay::tokenizer {

Result<std::string> type_of(const JsonValue& value) {
  ASSAY_TRY(value.expect_object());
  ASSAY_ASSIGN(const JsonValue type, value.require("type"));
  return type.as_text();
}

Result<bool> flag_of(const JsonValue& value, std::string_view key, bool otherwise) {
  const auto flag = value.find(key);
  if (!flag) {
    return otherwise;
  }
  return flag->as_flag();
}

std::optional<JsonValue> find_set(const JsonValue& value, std::string_view key) {
  auto member = value.find(key);
  if (member && member->is_null()) {
    member.reset();
  }
  return member;
}

Error unsupported(const JsonValue& value, std::string_view what) {
  Error error = value.error(fmt::format("{} is not supported", what));
  error.code = ErrorCode::kUnsupported;
  return error;
}

}  // namespace assay::tokenizer
