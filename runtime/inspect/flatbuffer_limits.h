#pragma once

// How much of a FlatBuffer the verifier walks before it gives up on it.

#include <cstdint>

namespace assay::inspect {

inline constexpr std::uint32_t kMaxDepth = 64;
/// Tables: values, instructions and nodes. The largest language models have some hundred thousand.
inline constexpr std::uint32_t kMaxTables = 4'000'000;
/// FlatBuffers addresses with 31 bits; beyond, its verifier ends the program.
inline constexpr std::uint64_t kMaxFlatbufferBytes = (1ULL << 31) - 2;

}  // namespace assay::inspect
