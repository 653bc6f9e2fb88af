#pragma once

// libsndfile on bytes in memory, for the readers of this folder.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include <sndfile.h>

#include <harness/base/result.h>

namespace assay::datasets {

/// int16 to [-1, 1).
inline constexpr float kFullScale = 32768.0F;

/// An open sound. It reads from the bytes it was made from, which must outlive it.
class MemorySound {
 public:
  /// `kind` ("a WAV file") and `name` go into errors. Errors: kCorrupt.
  static Result<std::unique_ptr<MemorySound>> open(std::span<const std::byte> bytes,
                                                   std::string_view name, std::string_view kind);
  MemorySound(const MemorySound&) = delete;
  MemorySound& operator=(const MemorySound&) = delete;
  ~MemorySound();

  const SF_INFO& info() const { return info_; }
  /// That it is mono 16-bit PCM of that rate. Errors: kUsage, with the command that converts.
  Status check_format(std::string_view name, int expected_rate_hz) const;
  /// Reads the next samples; gives fewer at the end, or where the sound is damaged.
  std::size_t read(std::span<short> samples);
  /// What libsndfile says went wrong; empty if nothing did.
  std::string_view problem() const;

 private:
  MemorySound() = default;
  static sf_count_t length(void* user);
  static sf_count_t seek(sf_count_t offset, int whence, void* user);
  static sf_count_t read_bytes(void* destination, sf_count_t count, void* user);
  static sf_count_t write_bytes(const void* source, sf_count_t count, void* user);
  static sf_count_t tell(void* user);

  std::span<const std::byte> bytes_;
  sf_count_t position_ = 0;
  SF_INFO info_ = {};
  SNDFILE* file_ = nullptr;
};

}  // namespace assay::datasets
