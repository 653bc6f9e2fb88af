#include <algorithm>

#include <harness/base/nearest.h>
#include <suites/manifest/manifest_fields.h>

namespace assay::suites {

Result<std::string> read_name(const JsonValue& object, std::string_view key) {
  ASSAY_ASSIGN(const JsonValue value, object.require(key));
  ASSAY_ASSIGN(auto name, value.as_nonempty_text());
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  if (std::any_of(name.begin(), name.end(), is_control)) {
    return value.error("must not contain control characters");
  }
  return name;
}

Result<std::string> read_optional_text(const JsonValue& object, std::string_view key) {
  const auto value = object.find(key);
  return value ? value->as_text() : Result<std::string>(std::string());
}

Result<std::string> read_sha256(const JsonValue& value) {
  ASSAY_ASSIGN(auto text, value.as_text());
  if (text.size() != 64 || text.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return value.error("must be a SHA-256: 64 lower-case hex digits, not " + value.shown());
  }
  return text;
}

Result<std::filesystem::path> read_path(const JsonValue& value,
                                        const std::filesystem::path& folder) {
  ASSAY_ASSIGN(const auto text, value.as_nonempty_text());
  return (folder / text).lexically_normal();
}

Result<std::filesystem::path> read_required_path(const JsonValue& object, std::string_view key,
                                                 const std::filesystem::path& folder) {
  ASSAY_ASSIGN(const JsonValue value, object.require(key));
  return read_path(value, folder);
}

Result<double> read_positive(const JsonValue& value, double max) {
  ASSAY_ASSIGN(const double number, value.as_number());
  if (!(number > 0) || number > max) {
    return value.error(
        fmt::format("must be a number above 0 and at most {}, not {}", max, value.shown()));
  }
  return number;
}

Result<std::size_t> read_count(const JsonValue& object, std::string_view key, std::int64_t min,
                               std::int64_t max) {
  ASSAY_ASSIGN(const JsonValue member, object.require(key));
  ASSAY_ASSIGN(const std::int64_t count, member.as_integer(min, max));
  return static_cast<std::size_t>(count);
}

Status check_known(const JsonValue& value, std::string_view what, const std::string& name,
                   std::span<const std::string> known) {
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    return value.error(
        fmt::format("unknown {} '{}'; {}", what, name, known_names_hint(name, known)));
  }
  return {};
}

}  // namespace assay::suites
