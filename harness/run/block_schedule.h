#pragma once

// In which order workers that are compared take turns. Pure.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace assay::run {

/// Indices of `lanes` lanes, each `rounds` times: every second round is the one before it reversed
/// (A B B A, or A B C C B A), so that a machine that slows down steadily does so for all alike; the
/// order of each such pair of rounds is shuffled by `seed`, so that none keeps a place of
/// advantage. See docs/internals/measurement.md.
std::vector<std::size_t> interleaved_order(std::size_t lanes, std::size_t rounds,
                                           std::uint64_t seed);

}  // namespace assay::run
