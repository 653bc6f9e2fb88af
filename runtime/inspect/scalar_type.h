#pragma once

// ExecuTorch's scalar types by number, as program.fbs has them.

#include <cstdint>
#include <string>

namespace assay::inspect {

/// "float32", "int64", ...; "type99" for a number that this build does not know.
std::string scalar_type_name(int type);

/// Bytes of one element; 0 for a number that this build does not know.
std::uint64_t scalar_type_size(int type);

}  // namespace assay::inspect
