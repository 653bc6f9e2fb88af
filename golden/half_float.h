#pragma once

// IEEE 754 binary16, which goldens are stored in where its 11 bits are enough.

#include <cstdint>

namespace assay::golden {

/// The value of those bits; every binary16 is a float, NaN and infinities included.
float float_from_half(std::uint16_t bits);

}  // namespace assay::golden
