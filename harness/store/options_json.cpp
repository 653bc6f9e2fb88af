#include <nlohmann/json.hpp>
#include <type_traits>

#include <harness/store/options_json.h>

namespace assay::store {
namespace {

using Json = nlohmann::json;

void read(const Json& json, const char* key, std::vector<std::string>& value) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_array()) {
    return;
  }
  for (const Json& item : *found) {
    if (item.is_string()) {
      value.push_back(item.get<std::string>());
    }
  }
}

void read(const Json& json, const char* key, std::string& value) {
  const auto found = json.find(key);
  if (found != json.end() && found->is_string()) {
    value = found->get<std::string>();
  }
}

template <class Number>
void read(const Json& json, const char* key, Number& value) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number()) {
    return;
  }
  if (std::is_floating_point_v<Number> || found->is_number_integer()) {
    value = found->get<Number>();
  }
}

}  // namespace

nlohmann::ordered_json options_to_json(const RunOptions& options) {
  // Bound by position, so that a new option cannot be forgotten here: it does not compile.
  const auto& [suites, variants, cases, threads, min_time_s, repeat, seed, min_runs, max_time_s,
               pairs, sustain_min, device, backends] = options;
  return {{"suites", suites},    {"variants", variants},       {"cases", cases},
          {"threads", threads},  {"min_time_s", min_time_s},   {"repeat", repeat},
          {"seed", seed},        {"min_runs", min_runs},       {"max_time_s", max_time_s},
          {"pairs", pairs},      {"sustain_min", sustain_min}, {"device", device},
          {"backends", backends}};
}

Result<RunOptions> options_from_json(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return make_error(ErrorCode::kCorrupt, "the stored options are not a JSON object: '{}'", text);
  }
  RunOptions options;
  read(json, "suites", options.suites);
  read(json, "variants", options.variants);
  read(json, "cases", options.cases);
  read(json, "threads", options.threads);
  read(json, "min_time_s", options.min_time_s);
  read(json, "repeat", options.repeat);
  read(json, "seed", options.seed);
  read(json, "min_runs", options.min_runs);
  read(json, "max_time_s", options.max_time_s);
  read(json, "pairs", options.pairs);
  read(json, "sustain_min", options.sustain_min);
  read(json, "device", options.device);
  read(json, "backends", options.backends);
  return options;
}

}  // namespace assay::store
