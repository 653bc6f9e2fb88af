#include <algorithm>
#include <cstdint>
#include <string>

#include <datasets/memory_sound.h>
#include <datasets/wav_reader.h>
#include <harness/base/file.h>

namespace assay::datasets {
namespace {

// RIFF: "RIFF", u32 size, "WAVE", then chunks of a four-letter id, a u32 size and that many bytes,
// padded to an even count. All little-endian.
constexpr std::size_t kRiffHeaderBytes = 12;
constexpr std::size_t kChunkHeaderBytes = 8;

std::string_view text_at(std::span<const std::byte> bytes, std::size_t offset, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes.data()) + offset, size};
}

std::uint32_t u32_at(std::span<const std::byte> bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= std::to_integer<std::uint32_t>(bytes[offset + i]) << (8 * i);
  }
  return value;
}

/// The two chunks that matter, without their headers.
struct WavChunks {
  std::span<const std::byte> format;
  std::span<const std::byte> data;
};

/// Finds the format and the data. Refuses what libsndfile would decode without a word: it clips a
/// data chunk that says more bytes than the file has.
Result<WavChunks> find_chunks(std::span<const std::byte> bytes, std::string_view name) {
  if (bytes.empty()) {
    return make_error(ErrorCode::kCorrupt, "'{}' is empty", name);
  }
  if (bytes.size() < kRiffHeaderBytes || text_at(bytes, 0, 4) != "RIFF" ||
      text_at(bytes, 8, 4) != "WAVE") {
    return make_error(ErrorCode::kCorrupt, "'{}' is not a WAV file (no RIFF/WAVE header)", name);
  }
  WavChunks chunks;
  std::size_t offset = kRiffHeaderBytes;
  while (bytes.size() - offset >= kChunkHeaderBytes) {
    const std::string_view id = text_at(bytes, offset, 4);
    const std::size_t size = u32_at(bytes, offset + 4);
    offset += kChunkHeaderBytes;
    const std::size_t available = bytes.size() - offset;
    if (size > available) {
      return make_error(ErrorCode::kCorrupt,
                        "'{}' is truncated: its '{}' chunk should have {} bytes, the file has {}; "
                        "get the whole file again",
                        name, id == "data" ? "data" : "header", size, available);
    }
    if (id == "fmt ") {
      chunks.format = bytes.subspan(offset, size);
    } else if (id == "data") {
      chunks.data = bytes.subspan(offset, size);
      return chunks;
    }
    offset += std::min(size + size % 2, available);
  }
  return make_error(ErrorCode::kCorrupt, "'{}' is truncated: it has no data chunk", name);
}

void append_u32(std::vector<std::byte>& bytes, std::size_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<std::byte>((value >> shift) & 0xffU));
  }
}

void append_text(std::vector<std::byte>& bytes, std::string_view text) {
  const auto raw = std::as_bytes(std::span(text));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

/// Chunks are padded to an even size.
std::size_t padded(std::span<const std::byte> contents) {
  return contents.size() + contents.size() % 2;
}

void append_chunk(std::vector<std::byte>& bytes, std::string_view id,
                  std::span<const std::byte> contents) {
  append_text(bytes, id);
  append_u32(bytes, contents.size());
  bytes.insert(bytes.end(), contents.begin(), contents.end());
  if (contents.size() % 2 == 1) {
    bytes.push_back(std::byte{0});
  }
}

/// A WAV file of these two chunks alone. libsndfile also parses tags, cue points and the like, and
/// one with a wrong size keeps it busy for minutes.
std::vector<std::byte> make_plain_wav(const WavChunks& chunks) {
  std::vector<std::byte> wav;
  wav.reserve(chunks.format.size() + chunks.data.size() + 64);
  append_text(wav, "RIFF");
  append_u32(wav, 4 + 2 * kChunkHeaderBytes + padded(chunks.format) + padded(chunks.data));
  append_text(wav, "WAVE");
  append_chunk(wav, "fmt ", chunks.format);
  append_chunk(wav, "data", chunks.data);
  return wav;
}

}  // namespace

Result<std::vector<float>> decode_wav(std::span<const std::byte> bytes, std::string_view name,
                                      int expected_rate_hz) {
  ASSAY_ASSIGN(const WavChunks chunks, find_chunks(bytes, name));
  const auto plain = make_plain_wav(chunks);
  ASSAY_ASSIGN(const auto sound, MemorySound::open(plain, name, "a WAV file"));
  ASSAY_TRY(sound->check_format(name, expected_rate_hz));
  const SF_INFO& info = sound->info();
  if (info.frames <= 0) {
    return make_error(ErrorCode::kCorrupt, "'{}' holds no samples", name);
  }
  const auto frames = static_cast<std::size_t>(info.frames);
  if (frames * sizeof(std::int16_t) != chunks.data.size()) {
    return make_error(ErrorCode::kCorrupt, "'{}' is damaged: {} bytes of data are not {} samples",
                      name, chunks.data.size(), frames);
  }
  std::vector<std::int16_t> pcm(frames);
  const std::size_t read = sound->read(pcm);
  if (read != frames) {
    return make_error(ErrorCode::kCorrupt, "'{}' is truncated: {} of {} samples can be read", name,
                      read, info.frames);
  }
  std::vector<float> samples(frames);
  std::transform(pcm.begin(), pcm.end(), samples.begin(),
                 [](std::int16_t value) { return static_cast<float>(value) / kFullScale; });
  return samples;
}

Result<std::vector<float>> read_wav(const std::filesystem::path& path, int expected_rate_hz) {
  ASSAY_ASSIGN(const auto bytes, read_binary_file(path));
  return decode_wav(bytes, path.string(), expected_rate_hz);
}

}  // namespace assay::datasets
