#pragma once

// Reader of the safetensors format: u64 little-endian header length, a JSON header, raw tensors.
// https://github.com/huggingface/safetensors#format. Strict: the tensors must cover the data
// exactly, in some order, without gaps or overlaps, so that a damaged file is never half
// understood.

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/tensor.h>

namespace assay::golden {

struct Safetensors {
  std::map<std::string, std::string> metadata;  ///< the header's __metadata__
  std::vector<Tensor> tensors;                  ///< sorted by name

  /// The tensor of that name; null if there is none.
  const Tensor* find(std::string_view name) const;
};

/// Parses a whole file's bytes. `name` goes into errors. Errors: kCorrupt, naming the tensor.
Result<Safetensors> parse_safetensors(std::span<const std::byte> bytes, std::string_view name);

/// Reads and parses. Errors: as above, kNotFound and kIo.
Result<Safetensors> read_safetensors(const std::filesystem::path& path);

}  // namespace assay::golden
