#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/model/tensor.h>

namespace assay {
namespace {

struct DTypeRow {
  DType dtype;
  std::string_view name;
  std::size_t size;
};

constexpr std::array kDTypes{
    DTypeRow{DType::kFloat32, "float32", 4}, DTypeRow{DType::kFloat64, "float64", 8},
    DTypeRow{DType::kFloat16, "float16", 2}, DTypeRow{DType::kBFloat16, "bfloat16", 2},
    DTypeRow{DType::kInt64, "int64", 8},     DTypeRow{DType::kInt32, "int32", 4},
    DTypeRow{DType::kInt16, "int16", 2},     DTypeRow{DType::kInt8, "int8", 1},
    DTypeRow{DType::kUInt8, "uint8", 1},     DTypeRow{DType::kBool, "bool", 1},
};

}  // namespace

std::string_view dtype_name(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)].name; }

std::optional<DType> dtype_from_name(std::string_view name) {
  for (const DTypeRow& row : kDTypes) {
    if (row.name == name) {
      return row.dtype;
    }
  }
  return std::nullopt;
}

std::size_t dtype_size(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)].size; }

std::size_t TensorSpec::element_count() const {
  std::size_t count = 1;
  for (const std::int64_t size : shape) {
    count *= static_cast<std::size_t>(size);
  }
  return count;
}

std::string TensorSpec::describe() const {
  return fmt::format("{}[{}]", dtype_name(dtype), fmt::join(shape, ","));
}

std::vector<float> Tensor::to_floats() const {
  std::vector<float> values(data.size() / sizeof(float));
  std::memcpy(values.data(), data.data(), values.size() * sizeof(float));
  return values;
}

Tensor Tensor::from_floats(std::string name, std::vector<std::int64_t> shape,
                           std::span<const float> values) {
  Tensor tensor{.spec = {std::move(name), DType::kFloat32, std::move(shape)}, .data = {}};
  const auto bytes = std::as_bytes(values);
  tensor.data.assign(bytes.begin(), bytes.end());
  return tensor;
}

}  // namespace assay
