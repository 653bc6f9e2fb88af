// Any bytes as a .pte: they are refused with a message that names the file, or give a description
// that fits the bytes.

#include <cstdint>
#include <span>

#include <runtime/inspect/pte_reader.h>
#include <runtime/inspect/quantization_summary.h>
#include <tests/fuzz/require.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using assay::fuzz::require;
  const auto file = assay::inspect::read_pte_bytes("fuzz.pte", std::span(data, size));
  if (!file.ok()) {
    require(file.error().message.find("fuzz.pte") != std::string::npos);
    return 0;
  }
  require(file->file_bytes == size);
  require(file->program_bytes <= size && file->segment_bytes <= size);
  require(!file->methods.empty());
  for (const auto& method : file->methods) {
    for (const auto& delegate : method.delegates) {
      require(delegate.blob_bytes <= size);
    }
  }
  require(!assay::inspect::quantization_summary(*file).empty());
  return 0;
}
