#include <algorithm>
#include <cstring>
#include <string>

#include <datasets/memory_sound.h>

namespace assay::datasets {
namespace {

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

}  // namespace

sf_count_t MemorySound::length(void* user) {
  return static_cast<sf_count_t>(static_cast<MemorySound*>(user)->bytes_.size());
}

sf_count_t MemorySound::seek(sf_count_t offset, int whence, void* user) {
  auto* sound = static_cast<MemorySound*>(user);
  sf_count_t base = 0;
  if (whence == SEEK_CUR) {
    base = sound->position_;
  } else if (whence == SEEK_END) {
    base = length(user);
  }
  sf_count_t target = 0;
  if (__builtin_add_overflow(base, offset, &target)) {
    return -1;
  }
  sound->position_ = std::clamp<sf_count_t>(target, 0, length(user));
  return sound->position_;
}

sf_count_t MemorySound::read_bytes(void* destination, sf_count_t count, void* user) {
  auto* sound = static_cast<MemorySound*>(user);
  const sf_count_t size = std::clamp<sf_count_t>(count, 0, length(user) - sound->position_);
  if (size > 0) {
    std::memcpy(destination, sound->bytes_.data() + sound->position_,
                static_cast<std::size_t>(size));
    sound->position_ += size;
  }
  return size;
}

sf_count_t MemorySound::write_bytes(const void* /*source*/, sf_count_t /*count*/, void* /*user*/) {
  return 0;
}

sf_count_t MemorySound::tell(void* user) { return static_cast<MemorySound*>(user)->position_; }

Result<std::unique_ptr<MemorySound>> MemorySound::open(std::span<const std::byte> bytes,
                                                       std::string_view name,
                                                       std::string_view kind) {
  std::unique_ptr<MemorySound> sound(new MemorySound);
  sound->bytes_ = bytes;
  SF_VIRTUAL_IO io{
      .get_filelen = length, .seek = seek, .read = read_bytes, .write = write_bytes, .tell = tell};
  sound->file_ = sf_open_virtual(&io, SFM_READ, &sound->info_, sound.get());
  if (sound->file_ == nullptr) {
    return make_error(ErrorCode::kCorrupt, "'{}' cannot be read as {}: {}", name, kind,
                      sf_strerror(nullptr));
  }
  return sound;
}

MemorySound::~MemorySound() {
  if (file_ != nullptr) {
    sf_close(file_);
  }
}

Status MemorySound::check_format(std::string_view name, int expected_rate_hz) const {
  const int subtype = info_.format & SF_FORMAT_SUBMASK;
  if (info_.samplerate == expected_rate_hz && info_.channels == 1 && subtype == SF_FORMAT_PCM_16) {
    return {};
  }
  return make_error(ErrorCode::kUsage,
                    "'{0}' is {1} Hz, {2}, {3}; {4} Hz, mono, 16-bit PCM is needed. Convert it: "
                    "ffmpeg -i '{0}' -ar {4} -ac 1 -c:a pcm_s16le converted.wav (or: sox '{0}' "
                    "-r {4} -c 1 -b 16 -e signed converted.wav)",
                    name, info_.samplerate, channels_name(info_.channels), encoding_name(subtype),
                    expected_rate_hz);
}

std::size_t MemorySound::read(std::span<short> samples) {
  const sf_count_t count =
      sf_readf_short(file_, samples.data(), static_cast<sf_count_t>(samples.size()));
  return static_cast<std::size_t>(std::max<sf_count_t>(count, 0));
}

std::string_view MemorySound::problem() const {
  return sf_error(file_) == SF_ERR_NO_ERROR ? "" : sf_strerror(file_);
}

}  // namespace assay::datasets
