#pragma once

// What a cell offers for comparison.

#include <map>
#include <string_view>

#include <harness/model/cell.h>
#include <harness/model/metric.h>

namespace assay::compare {

/// Values by metric id (the keys point into the catalogue). A metric that the cell does not have is
/// absent; a value may be infinite (an SQNR without any error).
using Figures = std::map<std::string_view, double>;

/// The scores of a cell. One that the catalogue does not know is left out, and so is a percentile
/// that the runs do not support, which older versions stored.
Figures cell_figures(const Cell& cell);

/// Whether a time is one that only some cases have, whatever their samples: a prompt's, a
/// recording's. Of a case that lacks it, its samples say nothing.
bool only_some_cases_have(const MetricInfo& metric);

/// Whether the cell ran to its end, well or badly, so that its figures mean something.
bool is_measured(const Cell& cell);

}  // namespace assay::compare
