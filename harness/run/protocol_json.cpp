#include <nlohmann/json.hpp>

#include <harness/run/protocol_json.h>

namespace assay::run {

using nlohmann::json;

Error missing_field(const char* key) {
  return make_error(ErrorCode::kCorrupt, "a worker message lacks a usable '{}'", key);
}

Result<std::int64_t> signed_field(const json& message, const char* key) {
  const auto found = message.find(key);
  if (found == message.end() || !found->is_number_integer()) {
    return missing_field(key);
  }
  return found->get<std::int64_t>();
}

Result<const json*> array_field(const json& message, const char* key) {
  const auto found = message.find(key);
  if (found == message.end() || !found->is_array()) {
    return missing_field(key);
  }
  return &*found;
}

json spec_to_json(const TensorSpec& spec) {
  return {{"name", spec.name}, {"dtype", dtype_name(spec.dtype)}, {"shape", spec.shape}};
}

Result<TensorSpec> spec_from_json(const json& value) {
  ASSAY_ASSIGN(const std::string name, string_field(value, "name"));
  ASSAY_ASSIGN(const std::string dtype, string_field(value, "dtype"));
  ASSAY_ASSIGN(const json* shape, array_field(value, "shape"));
  const auto known = dtype_from_name(dtype);
  if (!known) {
    return missing_field("dtype");
  }
  TensorSpec spec{.name = name, .dtype = *known, .shape = {}};
  for (const json& size : *shape) {
    if (!size.is_number_integer() || size.get<std::int64_t>() < 0) {
      return missing_field("shape");
    }
    spec.shape.push_back(size.get<std::int64_t>());
  }
  return spec;
}

json specs_to_json(const std::vector<TensorSpec>& specs) {
  json list = json::array();
  for (const TensorSpec& spec : specs) {
    list.push_back(spec_to_json(spec));
  }
  return list;
}

Result<std::vector<TensorSpec>> specs_from_json(const json& message, const char* key) {
  ASSAY_ASSIGN(const json* list, array_field(message, key));
  std::vector<TensorSpec> specs;
  for (const json& value : *list) {
    ASSAY_ASSIGN(TensorSpec spec, spec_from_json(value));
    specs.push_back(std::move(spec));
  }
  return specs;
}

json snapshot_to_json(const MemorySnapshot& snapshot) {
  return {{"phase", snapshot.phase},
          {"vm_hwm_bytes", snapshot.vm_hwm_bytes},
          {"rss_anon_bytes", snapshot.rss_anon_bytes},
          {"rss_file_bytes", snapshot.rss_file_bytes},
          {"pss_bytes", snapshot.pss_bytes}};
}

Result<MemorySnapshot> snapshot_from_json(const json& value) {
  MemorySnapshot snapshot;
  ASSAY_ASSIGN(snapshot.phase, string_field(value, "phase"));
  ASSAY_ASSIGN(snapshot.vm_hwm_bytes, unsigned_field(value, "vm_hwm_bytes"));
  ASSAY_ASSIGN(snapshot.rss_anon_bytes, unsigned_field(value, "rss_anon_bytes"));
  ASSAY_ASSIGN(snapshot.rss_file_bytes, unsigned_field(value, "rss_file_bytes"));
  ASSAY_ASSIGN(snapshot.pss_bytes, unsigned_field(value, "pss_bytes"));
  return snapshot;
}

namespace {

/// A value that could not be read is left out.
template <class Number>
void put(json& object, const char* key, const std::optional<Number>& value) {
  if (value) {
    object[key] = *value;
  }
}

template <class Number>
std::optional<Number> optional_field(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) {
    return std::nullopt;
  }
  return found->get<Number>();
}

}  // namespace

json conditions_to_json(const BlockConditions& conditions) {
  // Bound by position, so that a new field cannot be forgotten here: it does not compile.
  const auto& [wall_ns, cpu_ns, voluntary, involuntary, minor, major, steal_ns, load_milli,
               frequency_khz, temperature_mdeg_c, instructions, cycles, cache_misses] = conditions;
  json object{{"wall_ns", wall_ns},
              {"cpu_ns", cpu_ns},
              {"voluntary_switches", voluntary},
              {"involuntary_switches", involuntary},
              {"minor_faults", minor},
              {"major_faults", major}};
  put(object, "steal_ns", steal_ns);
  put(object, "load_milli", load_milli);
  put(object, "frequency_khz", frequency_khz);
  put(object, "temperature_mdeg_c", temperature_mdeg_c);
  put(object, "instructions", instructions);
  put(object, "cycles", cycles);
  put(object, "cache_misses", cache_misses);
  return object;
}

Result<BlockConditions> conditions_from_json(const json& object) {
  BlockConditions conditions;
  ASSAY_ASSIGN(conditions.wall_ns, signed_field(object, "wall_ns"));
  ASSAY_ASSIGN(conditions.cpu_ns, signed_field(object, "cpu_ns"));
  ASSAY_ASSIGN(conditions.voluntary_switches, unsigned_field(object, "voluntary_switches"));
  ASSAY_ASSIGN(conditions.involuntary_switches, unsigned_field(object, "involuntary_switches"));
  ASSAY_ASSIGN(conditions.minor_faults, unsigned_field(object, "minor_faults"));
  ASSAY_ASSIGN(conditions.major_faults, unsigned_field(object, "major_faults"));
  conditions.steal_ns = optional_field<std::uint64_t>(object, "steal_ns");
  conditions.load_milli = optional_field<std::uint64_t>(object, "load_milli");
  conditions.frequency_khz = optional_field<std::uint64_t>(object, "frequency_khz");
  conditions.temperature_mdeg_c = optional_field<std::int64_t>(object, "temperature_mdeg_c");
  conditions.instructions = optional_field<std::uint64_t>(object, "instructions");
  conditions.cycles = optional_field<std::uint64_t>(object, "cycles");
  conditions.cache_misses = optional_field<std::uint64_t>(object, "cache_misses");
  return conditions;
}

Result<ProgramConstants> constants_from_json(const json& message) {
  ProgramConstants constants;
  const auto object = message.find("constants");
  if (object == message.end()) {
    return constants;
  }
  for (const auto& [name, values] : object->items()) {
    for (const json& value : values) {
      if (!value.is_number_integer()) {
        return missing_field("constants");
      }
      constants[name].push_back(value.get<std::int64_t>());
    }
  }
  return constants;
}

Result<std::string> string_field(const json& message, const char* key) {
  const auto found = message.find(key);
  if (found == message.end() || !found->is_string()) {
    return missing_field(key);
  }
  return found->get<std::string>();
}

Result<std::uint64_t> unsigned_field(const json& message, const char* key) {
  const auto found = message.find(key);
  if (found == message.end() || !found->is_number_unsigned()) {
    return missing_field(key);
  }
  return found->get<std::uint64_t>();
}

}  // namespace assay::run
