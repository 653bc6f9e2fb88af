#include <limits>
#include <regex>
#include <vector>

#include <harness/base/nearest.h>
#include <harness/exchange/json_fields.h>
#include <harness/model/metric.h>
#include <harness/model/run.h>

namespace assay::exchange {

Result<std::string> text_or_empty(const JsonValue& object, std::string_view key) {
  const auto value = object.find(key);
  return value && !value->is_null() ? value->as_text() : Result<std::string>(std::string());
}

Result<std::string> required_text(const JsonValue& object, std::string_view key) {
  ASSAY_ASSIGN(const JsonValue value, object.require(key));
  return value.as_nonempty_text();
}

Result<std::int64_t> count_or_zero(const JsonValue& object, std::string_view key) {
  const auto value = object.find(key);
  return value ? value->as_integer(0, std::numeric_limits<std::int64_t>::max())
               : Result<std::int64_t>(0);
}

Result<std::string> shaped_text(const JsonValue& object, std::string_view key, const char* pattern,
                                std::string_view example) {
  ASSAY_ASSIGN(const JsonValue value, object.require(key));
  ASSAY_ASSIGN(std::string text, value.as_text());
  if (!std::regex_match(text, std::regex(pattern))) {
    return value.error(fmt::format("must look like '{}', not {}", example, value.shown()));
  }
  return text;
}

Result<std::string> time_text(const JsonValue& object, std::string_view key) {
  return shaped_text(object, key, R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)", "2026-01-31T12:00:00Z");
}

Result<std::string> uuid_text(const JsonValue& object) {
  return shaped_text(object, "uuid", kUuidPattern, "5ca1ab1e-0000-4000-8000-000000000001");
}

Status expect_known_metric(const JsonValue& value, const std::string& metric) {
  if (find_metric(metric) != nullptr) {
    return {};
  }
  std::vector<std::string> known;
  for (const MetricInfo& info : metric_catalogue()) {
    known.emplace_back(info.id);
  }
  const auto nearest = nearest_name(metric, known);
  return value.error(fmt::format("'{}' is no metric of the catalogue{}", metric,
                                 nearest ? "; did you mean '" + *nearest + "'?" : ""));
}

}  // namespace assay::exchange
