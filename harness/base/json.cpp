#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include <fmt/ranges.h>

#include <harness/base/json.h>
#include <harness/base/nearest.h>

namespace assay {
namespace {

using Json = nlohmann::json;

// No format of ours nests deeper than 6.
constexpr std::size_t kMaxDepth = 64;
// A long value in a message hides what is wrong with it.
constexpr std::size_t kMaxShown = 60;
constexpr std::size_t kMaxParserMessage = 200;

std::string cut(std::string text, std::size_t longest = kMaxShown) {
  if (text.size() > longest) {
    text.resize(longest);
    text += "...";
  }
  return text;
}

/// Checks what the document model cannot show afterwards: duplicate keys and depth.
class StrictnessCheck : public nlohmann::json_sax<Json> {
 public:
  const std::string& problem() const { return problem_; }

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(std::int64_t /*value*/) override { return true; }
  bool number_unsigned(std::uint64_t /*value*/) override { return true; }
  bool number_float(double /*value*/, const std::string& /*text*/) override { return true; }
  bool string(std::string& /*value*/) override { return true; }
  bool binary(Json::binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*size*/) override { return enter(); }
  bool start_array(std::size_t /*size*/) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool key(std::string& name) override {
    if (keys_.back().insert(name).second) {
      return true;
    }
    problem_ = fmt::format("the key '{}' is there twice in one object", cut(name));
    return false;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& error) override {
    problem_ = readable(error.what());
    return false;
  }

 private:
  bool enter() {
    keys_.emplace_back();
    if (keys_.size() <= kMaxDepth) {
      return true;
    }
    problem_ = fmt::format("nested deeper than {} levels", kMaxDepth);
    return false;
  }
  bool leave() {
    keys_.pop_back();
    return true;
  }
  /// Drops the library's "[json.exception.parse_error.101] " in front.
  static std::string readable(std::string_view what) {
    const std::size_t end = what.find("] ");
    const std::string_view text = end == std::string_view::npos ? what : what.substr(end + 2);
    // The library quotes the whole last token, which may be megabytes.
    return "not valid JSON: " + cut(std::string(text), kMaxParserMessage);
  }

  std::vector<std::set<std::string, std::less<>>> keys_;
  std::string problem_;
};

/// A key as a JSON pointer token (RFC 6901).
std::string pointer_token(std::string_view key) {
  std::string token;
  for (const char c : key) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return cut(std::move(token));
}

}  // namespace

struct JsonValue::Document {
  nlohmann::json root;
  std::string name;
  ErrorCode code = ErrorCode::kUsage;
};

Result<JsonValue> JsonValue::parse(std::string_view text, std::string name, ErrorCode code) {
  StrictnessCheck check;
  if (!Json::sax_parse(text, &check)) {
    return make_error(code, "{}: {}", name, check.problem());
  }
  auto document = std::make_shared<Document>();
  document->root = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  document->name = std::move(name);
  document->code = code;
  const Json& root = document->root;
  return JsonValue(std::move(document), root, "");
}

JsonValue JsonValue::child(std::string_view token, const Json& value) const {
  return JsonValue(document_, value, pointer_ + "/" + pointer_token(token));
}

Error JsonValue::error(std::string_view message) const {
  // The pointer of the whole document is empty, which reads as if a word were missing.
  return make_error(document_->code, "{}: {}{}{}", document_->name, pointer_,
                    pointer_.empty() ? "" : ": ", message);
}

std::string JsonValue::shown() const {
  if (value_->is_object() || value_->is_array()) {
    return value_->is_object() ? "an object" : "a list";
  }
  return cut(value_->dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string JsonValue::dump() const {
  return value_->dump(-1, ' ', false, Json::error_handler_t::replace);
}

Error JsonValue::wrong_type(std::string_view expected) const {
  return error(fmt::format("must be {}, not {}", expected, shown()));
}

Status JsonValue::expect_object() const {
  if (!value_->is_object()) {
    return wrong_type("an object");
  }
  return {};
}

Status JsonValue::expect_object(std::initializer_list<std::string_view> known) const {
  ASSAY_TRY(expect_object());
  for (const auto& [key, value] : value_->items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      const std::vector<std::string> names(known.begin(), known.end());
      return child(key, value).error("unknown key; " + known_names_hint(key, names));
    }
  }
  return {};
}

Result<JsonValue> JsonValue::require(std::string_view key) const {
  auto found = find(key);
  if (!found) {
    return error(fmt::format("'{}' is missing", key));
  }
  return *std::move(found);
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
  const auto found = value_->find(key);
  if (found == value_->end()) {
    return std::nullopt;
  }
  return child(key, *found);
}

std::vector<std::pair<std::string, JsonValue>> JsonValue::members() const {
  std::vector<std::pair<std::string, JsonValue>> all;
  for (const auto& [key, value] : value_->items()) {
    all.emplace_back(key, child(key, value));
  }
  return all;
}

Result<std::vector<JsonValue>> JsonValue::as_list() const {
  if (!value_->is_array()) {
    return wrong_type("a list");
  }
  std::vector<JsonValue> elements;
  elements.reserve(value_->size());
  for (std::size_t i = 0; i < value_->size(); ++i) {
    elements.push_back(child(std::to_string(i), (*value_)[i]));
  }
  return elements;
}

Result<std::vector<JsonValue>> JsonValue::as_nonempty_list() const {
  ASSAY_ASSIGN(auto elements, as_list());
  if (elements.empty()) {
    return error("must not be empty");
  }
  return elements;
}

Result<std::string> JsonValue::as_text() const {
  if (!value_->is_string()) {
    return wrong_type("a string");
  }
  auto text = value_->get<std::string>();
  // Paths and names with a NUL would be cut short by the operating system without a word.
  if (text.find('\0') != std::string::npos) {
    return error("must not contain a NUL character");
  }
  return text;
}

Result<std::string> JsonValue::as_nonempty_text() const {
  ASSAY_ASSIGN(auto text, as_text());
  if (text.empty()) {
    return error("must not be empty");
  }
  return text;
}

Result<double> JsonValue::as_number() const {
  if (!value_->is_number()) {
    return wrong_type("a number");
  }
  return value_->get<double>();
}

Result<std::int64_t> JsonValue::as_integer(std::int64_t min, std::int64_t max) const {
  const std::string expected = fmt::format("a whole number from {} to {}", min, max);
  if (!value_->is_number_integer()) {
    return wrong_type(expected);
  }
  // Above the range of int64 the library holds an unsigned number.
  const bool too_big = value_->is_number_unsigned() &&
                       value_->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  if (too_big || value_->get<std::int64_t>() < min || value_->get<std::int64_t>() > max) {
    return wrong_type(expected);
  }
  return value_->get<std::int64_t>();
}

Result<std::uint64_t> JsonValue::as_unsigned() const {
  if (!value_->is_number_unsigned()) {
    return wrong_type("a whole number from 0 on");
  }
  return value_->get<std::uint64_t>();
}

Result<bool> JsonValue::as_flag() const {
  if (!value_->is_boolean()) {
    return wrong_type("true or false");
  }
  return value_->get<bool>();
}

bool JsonValue::is_null() const { return value_->is_null(); }

bool JsonValue::is_list() const { return value_->is_array(); }

}  // namespace assay
