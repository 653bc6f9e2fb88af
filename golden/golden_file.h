#pragma once

// A golden: what an independent runtime computed for one input, with the provenance that lets a run
// refuse a golden of another model or another input. scripts/make_golden.py writes them.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <golden/safetensors.h>
#include <harness/base/result.h>

namespace assay::golden {

struct GoldenFile {
  std::string name;  ///< for messages: the path
  std::string sha256;
  std::string task;          ///< "vad", ...
  std::string model;         ///< name of the model
  std::string model_sha256;  ///< of the file that the reference runtime executed
  std::string input_sha256;  ///< "input_sha256"; of a recording also "wav_sha256"
  std::string runtime;       ///< "onnxruntime 1.31.1"
  Safetensors contents;      ///< all tensors and all metadata

  /// The values of a float32 tensor. Errors: kCorrupt when it is missing, has another dtype or
  /// shape, or holds NaN or Inf.
  Result<std::vector<float>> floats(std::string_view tensor,
                                    const std::vector<std::int64_t>& shape) const;
  /// Size of the first dimension of a tensor. Errors: kCorrupt when it is missing or a scalar.
  Result<std::int64_t> rows(std::string_view tensor) const;
  /// A key of the metadata. Errors: kCorrupt when it is missing.
  Result<std::string> metadata(std::string_view key) const;
};

/// Parses a golden's bytes. Errors: kCorrupt, also for a safetensors file that is no golden.
Result<GoldenFile> parse_golden(std::span<const std::byte> bytes, std::string_view name);

/// Reads and parses. Errors: as above, kNotFound and kIo.
Result<GoldenFile> read_golden(const std::filesystem::path& path);

}  // namespace assay::golden
