#pragma once

// Scalars and tags at byte offsets of a header.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace assay::inspect {

/// Precondition: offset + sizeof(T) <= bytes.size().
template <class T>
T read_little_endian(std::span<const std::uint8_t> bytes, std::size_t offset) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>(value | static_cast<T>(static_cast<T>(bytes[offset + i]) << (8 * i)));
  }
  return value;
}

/// Whether `text` stands at `offset`; false when the bytes end before.
inline bool has_text_at(std::span<const std::uint8_t> bytes, std::size_t offset,
                        std::string_view text) {
  return bytes.size() >= offset + text.size() &&
         std::memcmp(bytes.data() + offset, text.data(), text.size()) == 0;
}

}  // namespace assay::inspect
