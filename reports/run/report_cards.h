#pragma once

#include <vector>

#include <harness/compare/comparison.h>
#include <reports/run/report_model.h>

namespace assay::reports {

/// The few figures of a comparison's first group that everybody asks for: time, size, memory,
/// decisions, fidelity, task. One that the run lacks is left out.
std::vector<Card> make_cards(const compare::Comparison& comparison);

}  // namespace assay::reports
