#pragma once

// What a .pte file says about itself, as plain data. Everything here was read from the file's own
// bytes: nothing comes from its name, from a label beside it, or from running it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace assay::inspect {

/// How a tensor's shape may change from call to call.
enum class ShapeDynamism {
  kStatic,
  kBounded,   ///< the sizes given are upper bounds
  kUnbounded  ///< the sizes given mean nothing
};

/// One input or output of a method.
struct ValueDescription {
  std::string kind;                 ///< "tensor", "int", "bool", "double", "string", ...
  std::string name;                 ///< the tensor's name where the exporter kept one, or empty
  std::string dtype;                ///< of a tensor: "float32", "int64", ...
  std::vector<std::int64_t> shape;  ///< of a tensor
  ShapeDynamism dynamism = ShapeDynamism::kStatic;

  /// "float32[1,576]", "float32[64,8], shape dynamic up to that", "int".
  std::string describe() const;
};

/// Constants of one data type.
struct ConstantGroup {
  std::uint64_t tensors = 0;
  std::uint64_t bytes = 0;

  friend bool operator==(const ConstantGroup&, const ConstantGroup&) = default;
};

/// By data type, "float32", "qbint4", ...
using ConstantsByType = std::map<std::string, ConstantGroup>;

/// Linear and convolution layers that compute alike. XNNPACK's type names: qint8 static 8-bit,
/// qdint8 8-bit quantized at run time, qcint8 8-bit per output channel, qcint4 4-bit per output
/// channel, qbint4 4-bit in groups, qint32/qcint32 biases.
struct LayerGroup {
  std::string kind;             ///< "linear", "conv2d", "depthwise_conv2d", "conv_transpose2d"
  std::string activation_type;  ///< of the first input
  std::string weight_type;
  std::int64_t group_size = 0;  ///< weights that share a scale; 0 unless weight_type is qbint4

  friend auto operator<=>(const LayerGroup&, const LayerGroup&) = default;
};

/// Inside an XNNPACK delegate.
struct XnnpackGraph {
  std::map<std::string, std::uint64_t> nodes;  ///< node type -> number, "FullyConnected" -> 5
  std::map<LayerGroup, std::uint64_t> layers;  ///< -> number of layers
  ConstantsByType constants;                   ///< weights and biases; a shared one counts here too
  ConstantGroup scales;                        ///< quantization scales kept as data
  std::uint64_t constants_elsewhere = 0;       ///< referenced by a name that this file lacks
};

struct Delegate {
  std::string backend;  ///< "XnnpackBackend"
  std::uint64_t blob_bytes = 0;
  std::uint64_t calls = 0;              ///< call instructions; loops may make it run more often
  std::optional<XnnpackGraph> xnnpack;  ///< nothing for any other backend
};

struct Method {
  std::string name;
  std::vector<ValueDescription> inputs;
  std::vector<ValueDescription> outputs;
  std::vector<std::uint64_t> planned_buffer_bytes;  ///< memory for activations, planned at export
  std::vector<Delegate> delegates;
  std::map<std::string, std::uint64_t> operators;  ///< outside delegates: "aten::add.out" -> calls
  std::uint64_t instructions = 0;
};

struct NamedBlob {
  std::string key;
  std::uint64_t bytes = 0;
};

struct PteFile {
  std::uint64_t file_bytes = 0;
  std::uint32_t schema_version = 0;
  std::uint64_t program_bytes = 0;  ///< the FlatBuffer that describes everything
  std::uint64_t segment_bytes =
      0;  ///< constants and delegate blobs behind it; 0 when all is inline
  std::vector<std::uint64_t> segments;  ///< bytes of each
  std::vector<NamedBlob> named_data;
  std::vector<Method> methods;
  ConstantsByType program_constants;   ///< outside delegates, each buffer once
  ConstantsByType initial_state;       ///< buffers that change at run time and have a first value
  std::uint64_t external_tensors = 0;  ///< kept in a .ptd file
  /// All constants of the file by type, program and XNNPACK delegates, shared ones once; scales are
  /// under "scales".
  ConstantsByType constants;
};

}  // namespace assay::inspect
