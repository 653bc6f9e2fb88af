#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <runtime/inspect/quantization_summary.h>

namespace assay::inspect {

std::string quantization_name(const LayerGroup& layer) {
  const auto is = [&layer](std::string_view activation, std::string_view weight) {
    return layer.activation_type == activation && layer.weight_type == weight;
  };
  if (is("qdint8", "qbint4")) {
    return fmt::format("8da4w g{}", layer.group_size);
  }
  if (is("qdint8", "qcint4")) {
    return "8da4w per channel";
  }
  if (is("qdint8", "qcint8")) {
    return "8da8w";
  }
  if (is("qint8", "qcint8")) {
    return "int8 per channel";
  }
  if (is("qint8", "qint8")) {
    return "int8 per tensor";
  }
  if (layer.activation_type == layer.weight_type) {
    return layer.weight_type;
  }
  return fmt::format("{} x {}", layer.activation_type, layer.weight_type);
}

std::string quantization_summary(const PteFile& file) {
  std::map<std::string, std::uint64_t> counts;
  for (const Method& method : file.methods) {
    for (const Delegate& delegate : method.delegates) {
      if (!delegate.xnnpack) {
        continue;
      }
      for (const auto& [layer, count] : delegate.xnnpack->layers) {
        counts[fmt::format("{} {}", quantization_name(layer), layer.kind)] += count;
      }
    }
  }
  if (counts.empty()) {
    return "no linear or convolution layer in an XNNPACK delegate";
  }
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater<>(),
                           &std::pair<std::string, std::uint64_t>::second);
  std::vector<std::string> parts;
  for (const auto& [name, count] : sorted) {
    parts.push_back(fmt::format("{} x{}", name, count));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace assay::inspect
