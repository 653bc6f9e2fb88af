// A target with a fault put there on purpose: it reads past the end when a length byte lies. If
// fuzzing does not find this one, it finds nothing.

#include <cstdint>

#include <tests/fuzz/require.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0) {
    assay::fuzz::require(data[0] <= size);
  }
  return 0;
}
