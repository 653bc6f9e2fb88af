#include <limits>
#include <nlohmann/json.hpp>

#include <harness/model/cell_json.h>

namespace assay {
namespace {

Result<std::string> read_name(const JsonValue& object, std::string_view key) {
  ASSAY_ASSIGN(const JsonValue value, object.require(key));
  return value.as_nonempty_text();
}

}  // namespace

nlohmann::ordered_json cell_key_to_json(const CellKey& key) {
  // Here and below: bound by position, so that a new part of the key that is left out does not
  // compile.
  const auto& [suite, case_name, model, variant, backend, threads, device] = key;
  return {{"suite", suite},     {"case", case_name},  {"model", model},  {"variant", variant},
          {"backend", backend}, {"threads", threads}, {"device", device}};
}

nlohmann::ordered_json group_key_to_json(const CellKey& key) {
  nlohmann::ordered_json json = cell_key_to_json(key);
  json.erase("case");
  return json;
}

Result<CellKey> read_cell_key(const JsonValue& object) {
  CellKey key;
  auto& [suite, case_name, model, variant, backend, threads, device] = key;
  ASSAY_ASSIGN(suite, read_name(object, "suite"));
  ASSAY_ASSIGN(case_name, read_name(object, "case"));
  ASSAY_ASSIGN(model, read_name(object, "model"));
  ASSAY_ASSIGN(variant, read_name(object, "variant"));
  ASSAY_ASSIGN(backend, read_name(object, "backend"));
  ASSAY_ASSIGN(device, read_name(object, "device"));
  ASSAY_ASSIGN(const JsonValue count, object.require("threads"));
  ASSAY_ASSIGN(const std::int64_t read, count.as_integer(1, std::numeric_limits<int>::max()));
  threads = static_cast<int>(read);
  return key;
}

}  // namespace assay
