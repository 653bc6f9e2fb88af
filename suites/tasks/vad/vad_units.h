#pragma once

// The units of voice activity detection: chunks, each with a score and whether that is speech.

#include <optional>

#include <harness/model/units.h>

namespace assay::suites {

const UnitKind& vad_unit();

/// From the series "score" and "golden_score": a score at or above Cell::decision_threshold is
/// speech, one that is NaN is not. The place of a chunk is its index times (audio seconds /
/// chunks), which is early by less than one chunk when the last one is padded.
std::optional<UnitTable> vad_units_of(const Cell& cell);

}  // namespace assay::suites
