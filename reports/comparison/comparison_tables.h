#pragma once

// The tables of a comparison, chosen once for the terminal, Markdown and HTML.

#include <cstddef>

#include <reports/canvas/text_table.h>
#include <reports/comparison/comparison_view.h>

namespace assay::reports {

/// One row a metric, over all cases.
Table metric_table(const ComparisonView& view, const GroupView& group);

/// One row a case: latency p50 and decision flips.
Table case_table(const ComparisonView& view, const GroupView& group);

/// The first `most` units that are decided differently. Precondition: some are.
Table flip_table(const ComparisonView& view, const GroupView& group, std::size_t most);

/// One row a case: whether the outputs of the two devices are the same.
Table output_table(const GroupView& group);

/// What is not the same of the two machines.
Table machine_table(const ComparisonView& view);

/// The cells that could not be compared, with the state of each side.
Table excluded_table(const ComparisonView& view);

}  // namespace assay::reports
