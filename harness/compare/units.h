#pragma once

// Two sides unit by unit: which units are decided differently, and which side is closer to the
// reference.

#include <span>

#include <harness/compare/comparison.h>
#include <harness/compare/deltas.h>
#include <harness/compare/policy.h>

namespace assay::compare {

/// Compares the decisions of both sides unit by unit. A case without units on one side, or with
/// another kind or number of them, adds nothing. Flips are in the order of cases and units.
/// Distances from the reference are set against each other where the kind of unit has them: the
/// mean difference is with a bootstrap interval over units, as if they were independent. Units
/// where a distance is not finite count as compared, not in the mean.
UnitComparison compare_units(std::span<const CellPair> pairs, const UnitSource& source,
                             const Policy& policy);

/// Gives all flips the texts that are known.
void add_texts(UnitComparison& comparison, const UnitTexts& texts);

}  // namespace assay::compare
