#pragma once

// The first bytes of a .pte: is it one, and where do its parts lie?

#include <cstdint>

#include <harness/base/result.h>
#include <runtime/inspect/byte_source.h>

namespace assay::inspect {

/// Where the parts of a .pte lie. Every range is inside the file.
struct PteLayout {
  std::uint64_t program_bytes = 0;  ///< the FlatBuffer, from byte 0
  std::uint64_t segment_base = 0;   ///< 0 when the file has no segments
  std::uint64_t segment_bytes = 0;
};

/// Errors: kCorrupt, saying what the file is instead (empty, text, an archive, truncated).
Result<PteLayout> read_layout(const ByteSource& source);

}  // namespace assay::inspect
