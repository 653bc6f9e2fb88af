#pragma once

// Connectionist temporal classification (Graves et al., 2006): from one label a frame to a text.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay::suites {

/// The likeliest label of each frame of float32 [frames, labels]; of equal ones the first.
/// Preconditions: a multiple of `labels`, which is above 0; finite.
std::vector<std::int32_t> best_labels(std::span<const float> logits, std::size_t labels);

/// Greedy decoding: repeats become one, then blanks are dropped.
std::vector<std::int32_t> collapse_labels(std::span<const std::int32_t> labels, std::int32_t blank);

}  // namespace assay::suites
