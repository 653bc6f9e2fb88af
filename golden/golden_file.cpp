#include <golden/comparators.h>
#include <golden/golden_file.h>
#include <harness/base/file.h>
#include <harness/base/hash.h>

namespace assay::golden {
namespace {

Result<const Tensor*> require_tensor(const GoldenFile& golden, std::string_view name) {
  const Tensor* tensor = golden.contents.find(name);
  if (tensor == nullptr) {
    return make_error(ErrorCode::kCorrupt, "golden '{}' has no tensor '{}'", golden.name, name);
  }
  return tensor;
}

}  // namespace

Result<std::string> GoldenFile::metadata(std::string_view key) const {
  const auto found = contents.metadata.find(std::string(key));
  if (found == contents.metadata.end()) {
    return make_error(ErrorCode::kCorrupt, "golden '{}' has no metadata '{}'", name, key);
  }
  return found->second;
}

Result<std::int64_t> GoldenFile::rows(std::string_view tensor) const {
  ASSAY_ASSIGN(const Tensor* found, require_tensor(*this, tensor));
  if (found->spec.shape.empty()) {
    return make_error(ErrorCode::kCorrupt, "golden '{}': tensor '{}' is a scalar", name, tensor);
  }
  return found->spec.shape.front();
}

Result<std::vector<float>> GoldenFile::floats(std::string_view tensor,
                                              const std::vector<std::int64_t>& shape) const {
  ASSAY_ASSIGN(const Tensor* found, require_tensor(*this, tensor));
  const TensorSpec wanted{.name = "", .dtype = DType::kFloat32, .shape = shape};
  if (found->spec.dtype != wanted.dtype || found->spec.shape != shape) {
    return make_error(ErrorCode::kCorrupt,
                      "golden '{}': tensor '{}' is {}, but {} is needed for this model and input",
                      name, tensor, found->spec.describe(), wanted.describe());
  }
  auto values = found->to_floats();
  if (const std::uint64_t count = count_nonfinite(values); count > 0) {
    return make_error(ErrorCode::kCorrupt, "golden '{}': tensor '{}' holds {} NaN or Inf values",
                      name, tensor, count);
  }
  return values;
}

Result<GoldenFile> parse_golden(std::span<const std::byte> bytes, std::string_view name) {
  GoldenFile golden;
  golden.name = name;
  ASSAY_ASSIGN(golden.contents, parse_safetensors(bytes, name));
  ASSAY_ASSIGN(const std::string kind, golden.metadata("kind"));
  if (kind != "golden") {
    return make_error(ErrorCode::kCorrupt, "'{}' is no golden: its kind is '{}'", name, kind);
  }
  ASSAY_ASSIGN(golden.task, golden.metadata("task"));
  ASSAY_ASSIGN(golden.model, golden.metadata("model"));
  ASSAY_ASSIGN(golden.model_sha256, golden.metadata("model_sha256"));
  const bool other_input = golden.contents.metadata.contains("input_sha256");
  ASSAY_ASSIGN(golden.input_sha256, golden.metadata(other_input ? "input_sha256" : "wav_sha256"));
  ASSAY_ASSIGN(golden.runtime, golden.metadata("runtime"));
  golden.sha256 = sha256_hex(bytes);
  return golden;
}

Result<GoldenFile> read_golden(const std::filesystem::path& path) {
  ASSAY_ASSIGN(const auto bytes, read_binary_file(path));
  return parse_golden(bytes, path.string());
}

}  // namespace assay::golden
