#include <fmt/ranges.h>

#include <runtime/inspect/pte_file.h>

namespace assay::inspect {

std::string ValueDescription::describe() const {
  if (kind != "tensor") {
    return kind;
  }
  switch (dynamism) {
    case ShapeDynamism::kStatic:
      return fmt::format("{}[{}]", dtype, fmt::join(shape, ","));
    case ShapeDynamism::kBounded:
      return fmt::format("{}[{}], shape dynamic up to that", dtype, fmt::join(shape, ","));
    case ShapeDynamism::kUnbounded:
      break;
  }
  return dtype + ", shape dynamic without a bound";
}

}  // namespace assay::inspect
