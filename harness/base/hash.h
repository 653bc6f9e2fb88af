#pragma once

// Two hashes for two jobs: SHA-256 names artefacts (models, goldens, inputs) for good; the fast
// 64-bit hash tells whether two outputs of one run are the same bits.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include <harness/base/result.h>

namespace assay {

/// SHA-256 as 64 lower-case hex digits.
std::string sha256_hex(std::span<const std::byte> bytes);

/// SHA-256 of a file's bytes. Errors: kNotFound, kIo.
Result<std::string> sha256_file(const std::filesystem::path& path);

/// XXH3, 64 bits, seeded with `seed` so that several buffers can be chained. Not cryptographic.
std::uint64_t fast_hash(std::span<const std::byte> bytes, std::uint64_t seed = 0);

}  // namespace assay
