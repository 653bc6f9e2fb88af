#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/cli/views/inspect_text.h>
#include <reports/canvas/text_table.h>
#include <runtime/inspect/quantization_summary.h>

namespace assay::cli {
namespace {

using inspect::ConstantsByType;
using inspect::Delegate;
using inspect::Method;
using inspect::PteFile;
using inspect::ValueDescription;
std::uint64_t sum(const std::vector<std::uint64_t>& values) {
  return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
}

/// "x1 name1, x2 name2".
std::string counted(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts) {
    parts.push_back(fmt::format("{} x{}", name, count));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

void append_values(std::string& text, std::string_view title,
                   const std::vector<ValueDescription>& values) {
  reports::Table table{.columns = {{"title"},
                                   {"index", reports::ColumnKind::kNumber},
                                   {"type", reports::ColumnKind::kText, reports::kUncut},
                                   {"name", reports::ColumnKind::kText, reports::kUncut}}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    table.rows.push_back({i == 0 ? std::string(title) : "", std::to_string(i), values[i].describe(),
                          values[i].name});
  }
  text += render_text_table(table, {.head = reports::TableHead::kNone, .indent = 2});
}

void append_delegate(std::string& text, const Delegate& delegate) {
  text += fmt::format("  delegate     {}: {} bytes, called x{}\n", delegate.backend,
                      delegate.blob_bytes, delegate.calls);
  if (!delegate.xnnpack) {
    return;
  }
  text += fmt::format("    nodes      {}\n", counted(delegate.xnnpack->nodes));
  for (const auto& [layer, count] : delegate.xnnpack->layers) {
    text += fmt::format("    layers     {} {} x{}: activations {}, weights {}\n",
                        inspect::quantization_name(layer), layer.kind, count, layer.activation_type,
                        layer.weight_type);
  }
  if (delegate.xnnpack->constants_elsewhere > 0) {
    text += fmt::format("    {} constants are not in this file (a .ptd file holds them)\n",
                        delegate.xnnpack->constants_elsewhere);
  }
}

void append_method(std::string& text, const Method& method) {
  text += fmt::format("\nmethod {}: {} instructions\n", method.name, method.instructions);
  append_values(text, "inputs", method.inputs);
  append_values(text, "outputs", method.outputs);
  text += fmt::format("  planned memory  {} bytes in {} buffer{}\n",
                      sum(method.planned_buffer_bytes), method.planned_buffer_bytes.size(),
                      method.planned_buffer_bytes.size() == 1 ? "" : "s");
  for (const Delegate& delegate : method.delegates) {
    append_delegate(text, delegate);
  }
  text += fmt::format("  operators outside delegates: {}\n",
                      method.operators.empty() ? "none" : counted(method.operators));
}

void append_constants(std::string& text, std::string_view title, const ConstantsByType& constants) {
  text += fmt::format("{}\n", title);
  reports::Table table{.columns = {{"type"}, {"bytes", reports::ColumnKind::kNumber}, {"tensors"}}};
  for (const auto& [type, group] : constants) {
    table.rows.push_back(
        {type, fmt::format("{} bytes", group.bytes), fmt::format("in {}", group.tensors)});
  }
  text += render_text_table(table, {.head = reports::TableHead::kNone, .indent = 2});
}

nlohmann::json to_json(const ValueDescription& value) {
  nlohmann::json object{{"kind", value.kind}};
  if (value.kind == "tensor") {
    static constexpr const char* kDynamism[] = {"static", "bounded", "unbounded"};
    object["dtype"] = value.dtype;
    object["shape"] = value.shape;
    object["shape_dynamism"] = kDynamism[static_cast<int>(value.dynamism)];
  }
  if (!value.name.empty()) {
    object["name"] = value.name;
  }
  return object;
}

nlohmann::json to_json(const std::vector<ValueDescription>& values) {
  nlohmann::json array = nlohmann::json::array();
  for (const ValueDescription& value : values) {
    array.push_back(to_json(value));
  }
  return array;
}

nlohmann::json to_json(const inspect::ConstantGroup& group) {
  return {{"tensors", group.tensors}, {"bytes", group.bytes}};
}

nlohmann::json to_json(const ConstantsByType& constants) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [type, group] : constants) {
    object[type] = to_json(group);
  }
  return object;
}

nlohmann::json to_json(const Delegate& delegate) {
  nlohmann::json object{{"backend", delegate.backend},
                        {"blob_bytes", delegate.blob_bytes},
                        {"calls", delegate.calls}};
  if (!delegate.xnnpack) {
    return object;
  }
  const inspect::XnnpackGraph& graph = *delegate.xnnpack;
  nlohmann::json layers = nlohmann::json::array();
  for (const auto& [layer, count] : graph.layers) {
    layers.push_back({{"kind", layer.kind},
                      {"activation_type", layer.activation_type},
                      {"weight_type", layer.weight_type},
                      {"group_size", layer.group_size},
                      {"quantization", inspect::quantization_name(layer)},
                      {"count", count}});
  }
  object["xnnpack"] = {{"nodes", graph.nodes},
                       {"layers", layers},
                       {"constants", to_json(graph.constants)},
                       {"scales", to_json(graph.scales)},
                       {"constants_elsewhere", graph.constants_elsewhere}};
  return object;
}

nlohmann::json to_json(const Method& method) {
  nlohmann::json delegates = nlohmann::json::array();
  for (const Delegate& delegate : method.delegates) {
    delegates.push_back(to_json(delegate));
  }
  return {{"name", method.name},
          {"inputs", to_json(method.inputs)},
          {"outputs", to_json(method.outputs)},
          {"instructions", method.instructions},
          {"planned_buffer_bytes", method.planned_buffer_bytes},
          {"delegates", delegates},
          {"operators_outside_delegates", method.operators}};
}

}  // namespace

std::string format_pte(const std::string& name, const PteFile& file) {
  std::string text =
      fmt::format("{}: {} bytes, schema version {}\n", name, file.file_bytes, file.schema_version);
  text += fmt::format("quantization: {}\n", inspect::quantization_summary(file));
  text += fmt::format("program {} bytes, {} segments with {} bytes, {} named blobs\n",
                      file.program_bytes, file.segments.size(), sum(file.segments),
                      file.named_data.size());
  for (const Method& method : file.methods) {
    append_method(text, method);
  }
  text += '\n';
  if (file.constants.empty()) {
    text += "no constants\n";
  } else {
    append_constants(text, "constants by type", file.constants);
  }
  if (!file.initial_state.empty()) {
    append_constants(text, "first values of state by type", file.initial_state);
  }
  if (file.external_tensors > 0) {
    text += fmt::format("{} tensors are in a .ptd file\n", file.external_tensors);
  }
  return text;
}

std::string pte_json(const std::string& name, const PteFile& file) {
  nlohmann::json methods = nlohmann::json::array();
  for (const Method& method : file.methods) {
    methods.push_back(to_json(method));
  }
  nlohmann::json named = nlohmann::json::array();
  for (const inspect::NamedBlob& blob : file.named_data) {
    named.push_back({{"key", blob.key}, {"bytes", blob.bytes}});
  }
  const nlohmann::json object{{"file", name},
                              {"file_bytes", file.file_bytes},
                              {"schema_version", file.schema_version},
                              {"program_bytes", file.program_bytes},
                              {"segments", file.segments},
                              {"named_data", named},
                              {"quantization", inspect::quantization_summary(file)},
                              {"methods", methods},
                              {"constants", to_json(file.constants)},
                              {"initial_state", to_json(file.initial_state)},
                              {"external_tensors", file.external_tensors}};
  // A damaged file can hold names that are not UTF-8; they are shown with replacement characters.
  return object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace assay::cli
