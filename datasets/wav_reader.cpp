#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include <sndfile.h>

#include <datasets/wav_reader.h>
#include <harness/base/file.h>

namespace assay::datasets {
namespace {

constexpr float kFullScale = 32768.0F;

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

/// What libsndfile's virtual input reads from.
struct MemoryFile {
  std::span<const std::byte> bytes;
  sf_count_t position = 0;
};

sf_count_t memory_length(void* user) {
  return static_cast<sf_count_t>(static_cast<MemoryFile*>(user)->bytes.size());
}

sf_count_t memory_seek(sf_count_t offset, int whence, void* user) {
  auto* file = static_cast<MemoryFile*>(user);
  sf_count_t base = 0;
  if (whence == SEEK_CUR) {
    base = file->position;
  } else if (whence == SEEK_END) {
    base = memory_length(user);
  }
  sf_count_t target = 0;
  if (__builtin_add_overflow(base, offset, &target)) {
    return -1;
  }
  file->position = std::clamp<sf_count_t>(target, 0, memory_length(user));
  return file->position;
}

sf_count_t memory_read(void* destination, sf_count_t count, void* user) {
  auto* file = static_cast<MemoryFile*>(user);
  const sf_count_t size = std::clamp<sf_count_t>(count, 0, memory_length(user) - file->position);
  if (size > 0) {
    std::memcpy(destination, file->bytes.data() + file->position, static_cast<std::size_t>(size));
    file->position += size;
  }
  return size;
}

sf_count_t memory_write(const void* /*source*/, sf_count_t /*count*/, void* /*user*/) { return 0; }

sf_count_t memory_tell(void* user) { return static_cast<MemoryFile*>(user)->position; }

std::string encoding_name(int subtype) {
  SF_FORMAT_INFO info = {};
  info.format = subtype;
  if (sf_command(nullptr, SFC_GET_FORMAT_INFO, &info, sizeof info) != 0 || info.name == nullptr) {
    return "an unknown encoding";
  }
  return info.name;
}

std::string channels_name(int channels) {
  if (channels == 1) {
    return "mono";
  }
  return channels == 2 ? "stereo" : fmt::format("{} channels", channels);
}

Status check_format(const SF_INFO& info, std::string_view name, int expected_rate_hz) {
  const int subtype = info.format & SF_FORMAT_SUBMASK;
  if (info.samplerate == expected_rate_hz && info.channels == 1 && subtype == SF_FORMAT_PCM_16) {
    return {};
  }
  return make_error(ErrorCode::kUsage,
                    "'{0}' is {1} Hz, {2}, {3}; {4} Hz, mono, 16-bit PCM is needed. Convert it: "
                    "ffmpeg -i '{0}' -ar {4} -ac 1 -c:a pcm_s16le converted.wav (or: sox '{0}' "
                    "-r {4} -c 1 -b 16 -e signed converted.wav)",
                    name, info.samplerate, channels_name(info.channels), encoding_name(subtype),
                    expected_rate_hz);
}

}  // namespace

Result<std::vector<float>> decode_wav(std::span<const std::byte> bytes, std::string_view name,
                                      int expected_rate_hz) {
  ASSAY_ASSIGN(const WavChunks chunks, find_chunks(bytes, name));
  const auto plain = make_plain_wav(chunks);
  MemoryFile memory{.bytes = plain};
  SF_VIRTUAL_IO io{.get_filelen = memory_length,
                   .seek = memory_seek,
                   .read = memory_read,
                   .write = memory_write,
                   .tell = memory_tell};
  SF_INFO info = {};
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(
      sf_open_virtual(&io, SFM_READ, &info, &memory), &sf_close);
  if (!file) {
    return make_error(ErrorCode::kCorrupt, "'{}' cannot be read as a WAV file: {}", name,
                      sf_strerror(nullptr));
  }
  ASSAY_TRY(check_format(info, name, expected_rate_hz));
  if (info.frames <= 0) {
    return make_error(ErrorCode::kCorrupt, "'{}' holds no samples", name);
  }
  const auto frames = static_cast<std::size_t>(info.frames);
  if (frames * sizeof(std::int16_t) != chunks.data.size()) {
    return make_error(ErrorCode::kCorrupt, "'{}' is damaged: {} bytes of data are not {} samples",
                      name, chunks.data.size(), frames);
  }
  std::vector<std::int16_t> pcm(frames);
  const sf_count_t read = sf_readf_short(file.get(), pcm.data(), info.frames);
  if (read != info.frames) {
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
