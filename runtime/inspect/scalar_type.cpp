#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include <runtime/inspect/scalar_type.h>

namespace assay::inspect {
namespace {

struct ScalarType {
  int number;
  std::string_view name;
  std::uint64_t size;
};

// schema/scalar_type.fbs of ExecuTorch.
constexpr std::array kScalarTypes{ScalarType{0, "uint8", 1},
                                  ScalarType{1, "int8", 1},
                                  ScalarType{2, "int16", 2},
                                  ScalarType{3, "int32", 4},
                                  ScalarType{4, "int64", 8},
                                  ScalarType{5, "float16", 2},
                                  ScalarType{6, "float32", 4},
                                  ScalarType{7, "float64", 8},
                                  ScalarType{11, "bool", 1},
                                  ScalarType{12, "qint8", 1},
                                  ScalarType{13, "quint8", 1},
                                  ScalarType{14, "qint32", 4},
                                  ScalarType{15, "bfloat16", 2},
                                  ScalarType{16, "quint4x2", 1},
                                  ScalarType{17, "quint2x4", 1},
                                  ScalarType{22, "bits16", 2},
                                  ScalarType{23, "float8_e5m2", 1},
                                  ScalarType{24, "float8_e4m3fn", 1},
                                  ScalarType{25, "float8_e5m2fnuz", 1},
                                  ScalarType{26, "float8_e4m3fnuz", 1},
                                  ScalarType{27, "uint16", 2},
                                  ScalarType{28, "uint32", 4},
                                  ScalarType{29, "uint64", 8}};

const ScalarType* find(int number) {
  const auto* found = std::ranges::find(kScalarTypes, number, &ScalarType::number);
  return found == kScalarTypes.end() ? nullptr : found;
}

}  // namespace

std::string scalar_type_name(int type) {
  const ScalarType* found = find(type);
  return found == nullptr ? fmt::format("type{}", type) : std::string(found->name);
}

std::uint64_t scalar_type_size(int type) {
  const ScalarType* found = find(type);
  return found == nullptr ? 0 : found->size;
}

}  // namespace assay::inspect
