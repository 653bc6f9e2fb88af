#pragma once

// Writes safetensors files for tests, right or wrong: the header is any text.

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include <harness/model/tensor.h>

namespace assay::fakes {

/// A file of that header and data.
inline std::string safetensors_bytes(const std::string& header, const std::string& data) {
  std::string bytes;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    bytes += static_cast<char>((static_cast<std::uint64_t>(header.size()) >> shift) & 0xffU);
  }
  return bytes + header + data;
}

/// A well-formed file of float32 and int32 tensors.
inline std::string safetensors_bytes(const std::map<std::string, std::string>& metadata,
                                     const std::vector<Tensor>& tensors) {
  nlohmann::json header = nlohmann::json::object();
  header["__metadata__"] = metadata;
  std::string data;
  for (const Tensor& tensor : tensors) {
    const std::size_t begin = data.size();
    data.append(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size());
    header[tensor.spec.name] = {{"dtype", tensor.spec.dtype == DType::kInt32 ? "I32" : "F32"},
                                {"shape", tensor.spec.shape},
                                {"data_offsets", {begin, data.size()}}};
  }
  return safetensors_bytes(header.dump(), data);
}

}  // namespace assay::fakes
