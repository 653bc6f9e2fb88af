// Any bytes as an audio file: refused, or samples within full scale; of a WAV file no more than the
// bytes can hold.

#include <cstdint>
#include <span>

#include <datasets/audio_reader.h>
#include <tests/fuzz/require.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using assay::fuzz::require;
  const auto samples =
      assay::datasets::decode_audio(std::as_bytes(std::span(data, size)), "fuzz.wav", 16000);
  if (!samples.ok()) {
    require(!samples.error().message.empty());
    return 0;
  }
  require(!samples->empty());
  require(data[0] == 'f' || samples->size() * 2 <= size);
  for (const float sample : *samples) {
    require(sample >= -1.0F && sample < 1.0F);
  }
  return 0;
}
