#pragma once

// The tables of one bench: what each variant measured, and how it stands to the reference variant.

#include <string>

#include <harness/model/run.h>
#include <harness/model/units.h>
#include <reports/canvas/text_table.h>
#include <reports/run/bench_cells.h>

namespace assay::reports {

/// One row a metric that any variant has, one column a variant: means over the measured cases, with
/// a note of the cases that are not finite.
Table variant_table(const BenchCells& bench);

/// One row a variant and phase.
Table memory_table(const BenchCells& bench);

/// "fp32" when the bench has it, else its first variant.
std::string reference_variant(const BenchCells& bench);

/// Every other variant against the reference variant, one row each, from real comparisons.
Table against_reference_table(const RunRecord& run, const BenchCells& bench,
                              const UnitSource& units);

}  // namespace assay::reports
