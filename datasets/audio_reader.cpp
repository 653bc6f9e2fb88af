#include <algorithm>
#include <array>

#include <datasets/audio_reader.h>
#include <datasets/memory_sound.h>
#include <datasets/wav_reader.h>
#include <harness/base/file.h>

namespace assay::datasets {
namespace {

constexpr std::size_t kMagicBytes = 4;

bool starts_with(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin(),
                    [](char c, std::byte byte) { return static_cast<std::byte>(c) == byte; });
}

Result<std::vector<float>> decode_flac(std::span<const std::byte> bytes, std::string_view name,
                                       int expected_rate_hz) {
  ASSAY_ASSIGN(const auto sound, MemorySound::open(bytes, name, "a FLAC file"));
  ASSAY_TRY(sound->check_format(name, expected_rate_hz));
  if (sound->info().frames <= 0) {
    return make_error(ErrorCode::kCorrupt, "'{}' holds no samples", name);
  }
  const auto frames = static_cast<std::size_t>(sound->info().frames);
  if (frames > kMaxFlacSamples) {
    return make_error(ErrorCode::kUsage,
                      "'{}' says that it has {} samples; at most {} are read. Cut it into parts",
                      name, frames, kMaxFlacSamples);
  }
  std::vector<float> samples;
  std::array<short, 4096> block{};
  // Grows with what is really there, whatever the header says.
  while (samples.size() < frames) {
    const std::size_t count =
        sound->read(std::span(block).first(std::min(block.size(), frames - samples.size())));
    if (const auto problem = sound->problem(); !problem.empty()) {
      return make_error(ErrorCode::kCorrupt, "'{}' is damaged after {} of {} samples: {}", name,
                        samples.size(), frames, problem);
    }
    if (count == 0) {
      return make_error(ErrorCode::kCorrupt, "'{}' is truncated: {} of {} samples can be read",
                        name, samples.size(), frames);
    }
    for (std::size_t i = 0; i < count; ++i) {
      samples.push_back(static_cast<float>(block[i]) / kFullScale);
    }
  }
  return samples;
}

}  // namespace

Result<std::vector<float>> decode_audio(std::span<const std::byte> bytes, std::string_view name,
                                        int expected_rate_hz) {
  if (starts_with(bytes, "fLaC")) {
    return decode_flac(bytes, name, expected_rate_hz);
  }
  if (!starts_with(bytes, "RIFF") && bytes.size() >= kMagicBytes) {
    return make_error(ErrorCode::kCorrupt, "'{}' is neither a WAV nor a FLAC file", name);
  }
  return decode_wav(bytes, name, expected_rate_hz);
}

Result<std::vector<float>> read_audio(const std::filesystem::path& path, int expected_rate_hz) {
  ASSAY_ASSIGN(const auto bytes, read_binary_file(path));
  return decode_audio(bytes, path.string(), expected_rate_hz);
}

}  // namespace assay::datasets
