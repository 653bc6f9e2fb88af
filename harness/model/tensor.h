#pragma once

// Tensors as plain data: what goes into a model, what comes out, what a golden holds. Row-major,
// contiguous, little-endian, owned by the struct. Knows nothing of ExecuTorch.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

enum class DType {
  kFloat32,
  kFloat64,
  kFloat16,
  kBFloat16,
  kInt64,
  kInt32,
  kInt16,
  kInt8,
  kUInt8,
  kBool
};

/// "float32", "int64", ...: the names used in manifests, messages and reports.
std::string_view dtype_name(DType dtype);
/// The reverse of dtype_name; nothing for an unknown name.
std::optional<DType> dtype_from_name(std::string_view name);
/// Bytes of one element.
std::size_t dtype_size(DType dtype);

/// Name, dtype and shape of one input or output. Sizes are at least 0.
struct TensorSpec {
  std::string name;
  DType dtype = DType::kFloat32;
  std::vector<std::int64_t> shape;

  /// Product of the sizes; 1 for a scalar.
  std::size_t element_count() const;
  std::size_t byte_count() const { return element_count() * dtype_size(dtype); }
  /// "float32[1,576]".
  std::string describe() const;
  friend bool operator==(const TensorSpec&, const TensorSpec&) = default;
};

struct Tensor {
  TensorSpec spec;
  std::vector<std::byte> data;  ///< spec.byte_count() bytes

  /// A copy of the elements. Precondition: dtype is float32.
  std::vector<float> to_floats() const;
  /// Builds a float32 tensor. Precondition: values.size() is the product of `shape`.
  static Tensor from_floats(std::string name, std::vector<std::int64_t> shape,
                            std::span<const float> values);
};

}  // namespace assay
