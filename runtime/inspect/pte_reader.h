#pragma once

// Reads a .pte without the runtime and without running anything. Safe on any bytes: FlatBuffers'
// verifier goes first, and every index, offset and size is checked before it is used.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include <harness/base/result.h>
#include <runtime/inspect/pte_file.h>

namespace assay::inspect {

/// Reads the description of a program and of its XNNPACK delegates; weights are counted, not read.
/// Errors: kNotFound, kIo, kCorrupt (says what the file is instead, or which part is damaged).
Result<PteFile> read_pte(const std::filesystem::path& path);

/// The same from memory; `name` is what messages call it.
Result<PteFile> read_pte_bytes(const std::string& name, std::span<const std::uint8_t> bytes);

}  // namespace assay::inspect
