#pragma once

// What a machine can do at most: the roofline that kernels are measured against. Compiled for the
// same instruction sets as runtime/kernels.

#include <cstddef>

#include <runtime/kernels/attention.h>

namespace assay::bench {

/// Reads `floats` floats once, in order, a multiple of 512; returns their sum.
float read_all(const float* from, std::size_t floats, kernels::Simd simd);

/// Multiplies and adds in registers, `rounds` times; returns how many operations that were (a
/// multiplication with an addition counts two).
double multiply_add(std::size_t rounds, kernels::Simd simd);

}  // namespace assay::bench
