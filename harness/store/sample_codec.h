#pragma once

// How the samples of a block become one blob. Neighbouring latencies differ little, so differences
// take two or three bytes each instead of eight. docs/internals/schema.md describes the bytes.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <harness/base/result.h>

namespace assay::store {

/// Latencies (ns) as a blob: a version byte (1); the count as a varint; the first latency and then
/// each difference to the one before (modulo 2^64) as zig-zag varints; the low 32 bits, little
/// endian, of the XXH3 hash of all of that. A varint is 7 bits a byte, lowest first, as in LEB128.
std::vector<std::byte> encode_samples(std::span<const std::int64_t> latency_ns);

/// The reverse, for any bytes at all. Errors: kCorrupt (truncated, changed, another version).
Result<std::vector<std::int64_t>> decode_samples(std::span<const std::byte> blob);

/// Floats as consecutive little-endian IEEE 754 binary32, NaN payloads kept.
std::vector<std::byte> encode_series(std::span<const float> values);

/// The reverse. Errors: kCorrupt when the size is not a multiple of four.
Result<std::vector<float>> decode_series(std::span<const std::byte> blob);

}  // namespace assay::store
