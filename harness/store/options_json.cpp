#include <nlohmann/json.hpp>
#include <type_traits>

#include <harness/store/options_json.h>

namespace assay::store {
namespace {

using Json = nlohmann::json;

void read_option(const Json& json, std::vector<std::string>& value) {
  if (!json.is_array()) {
    return;
  }
  value.clear();
  for (const Json& item : json) {
    if (item.is_string()) {
      value.push_back(item.get<std::string>());
    }
  }
}

void read_option(const Json& json, std::string& value) {
  if (json.is_string()) {
    value = json.get<std::string>();
  }
}

void read_option(const Json& json, bool& value) {
  if (json.is_boolean()) {
    value = json.get<bool>();
  }
}

template <class Number>
void read_option(const Json& json, Number& value) {
  if (std::is_floating_point_v<Number> ? json.is_number() : json.is_number_integer()) {
    value = json.get<Number>();
  }
}

}  // namespace

nlohmann::ordered_json options_to_json(const RunOptions& options) {
  RunOptions written = options;
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const OptionInfo& info : run_option_infos()) {
    std::visit([&](const auto* value) { json[std::string(info.stored)] = *value; },
               field_of(written, info));
  }
  return json;
}

Result<RunOptions> options_from_json(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return make_error(ErrorCode::kCorrupt, "the stored options are not a JSON object: '{}'", text);
  }
  RunOptions options;
  for (const OptionInfo& info : run_option_infos()) {
    if (const auto found = json.find(info.stored); found != json.end()) {
      std::visit([&](auto* value) { read_option(*found, *value); }, field_of(options, info));
    }
  }
  return options;
}

}  // namespace assay::store
