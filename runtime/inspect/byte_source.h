#pragma once

// Bytes at offsets, from a file or from memory. A .pte can be gigabytes; its description is a few
// kilobytes, and only those are read.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <harness/base/result.h>

namespace assay::inspect {

/// Read-only, random access. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// What messages call it.
  virtual const std::string& name() const = 0;
  virtual std::uint64_t size() const = 0;
  /// A copy of `count` bytes from `offset`, aligned for any scalar. Errors: kCorrupt when the range
  /// reaches past the end, kIo.
  virtual Result<std::vector<std::uint8_t>> read(std::uint64_t offset,
                                                 std::uint64_t count) const = 0;
};

/// Errors: kNotFound, kIo (a folder, no permission).
Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path);

/// The bytes must outlive the source.
std::unique_ptr<ByteSource> make_memory_source(std::string name,
                                               std::span<const std::uint8_t> bytes);

}  // namespace assay::inspect
