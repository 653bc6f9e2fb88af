#include <bit>
#include <cstring>
#include <optional>

#include <harness/base/hash.h>
#include <harness/store/sample_codec.h>

namespace assay::store {
namespace {

constexpr std::byte kVersion{1};
constexpr std::size_t kChecksumSize = 4;

static_assert(std::endian::native == std::endian::little,
              "series are copied to and from the file, whose floats are little endian");

void append_varint(std::vector<std::byte>& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::byte>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::byte>(value));
}

/// Takes one varint off the front; nothing if it does not end in time or exceeds 64 bits.
std::optional<std::uint64_t> take_varint(std::span<const std::byte>& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<std::uint64_t>(bytes[i]);
    if (i == 9 && byte > 1) {
      return std::nullopt;
    }
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      bytes = bytes.subspan(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

/// Small magnitudes of either sign become small unsigned numbers: 0, -1, 1, -2 -> 0, 1, 2, 3.
std::uint64_t zigzag(std::uint64_t two_complement) {
  const auto sign = static_cast<std::int64_t>(two_complement) < 0 ? ~std::uint64_t{0} : 0;
  return (two_complement << 1) ^ sign;
}

std::uint64_t unzigzag(std::uint64_t value) { return (value >> 1) ^ (~(value & 1) + 1); }

std::uint32_t checksum(std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(fast_hash(bytes));
}

Error corrupt(std::string_view what) {
  return make_error(ErrorCode::kCorrupt, "damaged sample blob: {}", what);
}

}  // namespace

std::vector<std::byte> encode_samples(std::span<const std::int64_t> latency_ns) {
  std::vector<std::byte> out;
  out.reserve(latency_ns.size() * 3 + 16);
  out.push_back(kVersion);
  append_varint(out, latency_ns.size());
  std::uint64_t previous = 0;  // unsigned, because differences of extremes wrap around
  for (const std::int64_t latency : latency_ns) {
    const auto current = static_cast<std::uint64_t>(latency);
    append_varint(out, zigzag(current - previous));
    previous = current;
  }
  const std::uint32_t sum = checksum(out);
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<std::byte>(sum >> shift));
  }
  return out;
}

Result<std::vector<std::int64_t>> decode_samples(std::span<const std::byte> blob) {
  if (blob.size() < 2 + kChecksumSize) {
    return corrupt("too short");
  }
  if (blob[0] != kVersion) {
    return corrupt(fmt::format("format {} is unknown", static_cast<int>(blob[0])));
  }
  std::uint32_t stored_sum = 0;
  for (unsigned i = 0; i < kChecksumSize; ++i) {
    stored_sum |= static_cast<std::uint32_t>(blob[blob.size() - kChecksumSize + i]) << (8 * i);
  }
  const auto covered = blob.first(blob.size() - kChecksumSize);
  if (checksum(covered) != stored_sum) {
    return corrupt("its checksum does not fit");
  }
  auto rest = covered.subspan(1);
  const std::optional<std::uint64_t> count = take_varint(rest);
  // A sample is at least one byte: a count beyond that must not decide how much is allocated.
  if (!count || *count > rest.size()) {
    return corrupt("impossible sample count");
  }
  std::vector<std::int64_t> latency_ns(static_cast<std::size_t>(*count));
  std::uint64_t current = 0;
  for (std::int64_t& latency : latency_ns) {
    const std::optional<std::uint64_t> difference = take_varint(rest);
    if (!difference) {
      return corrupt("fewer samples than it says");
    }
    current += unzigzag(*difference);
    latency = static_cast<std::int64_t>(current);
  }
  if (!rest.empty()) {
    return corrupt("more bytes than its samples need");
  }
  return latency_ns;
}

std::vector<std::byte> encode_series(std::span<const float> values) {
  const auto bytes = std::as_bytes(values);
  return {bytes.begin(), bytes.end()};
}

Result<std::vector<float>> decode_series(std::span<const std::byte> blob) {
  if (blob.size() % sizeof(float) != 0) {
    return make_error(ErrorCode::kCorrupt, "damaged series: {} bytes are no whole number of floats",
                      blob.size());
  }
  std::vector<float> values(blob.size() / sizeof(float));
  if (!blob.empty()) {
    std::memcpy(values.data(), blob.data(), blob.size());
  }
  return values;
}

}  // namespace assay::store
