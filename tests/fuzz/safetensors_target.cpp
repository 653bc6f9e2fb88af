// Any bytes as a golden: refused, or tensors whose sizes are those of their shapes.

#include <cstdint>
#include <span>

#include <golden/golden_file.h>
#include <tests/fuzz/require.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using assay::fuzz::require;
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto file = assay::golden::parse_safetensors(bytes, "fuzz.safetensors");
  if (!file.ok()) {
    require(!file.error().message.empty());
    return 0;
  }
  std::size_t total = 0;
  for (const auto& tensor : file->tensors) {
    require(tensor.data.size() == tensor.spec.byte_count());
    total += tensor.data.size();
  }
  require(total <= size);
  const auto golden = assay::golden::parse_golden(bytes, "fuzz.safetensors");
  if (golden.ok()) {
    (void)golden->floats("scores", {2});
    (void)golden->rows("scores");
  }
  return 0;
}
