#pragma once

// What `assay run` prints at its end: one line a cell, a line of totals, and how far the figures
// can be trusted.

#include <cstdint>
#include <string>
#include <vector>

#include <harness/measure/run_quality.h>
#include <harness/measure/sustained.h>
#include <harness/model/cell.h>

namespace assay::cli {

struct RunSummary {
  std::int64_t run_id = 0;
  std::vector<Cell> cells;                    ///< without their samples
  std::vector<measure::CellQuality> quality;  ///< one a cell, made while it had them
  std::vector<measure::SustainedCase> sustained;
};

/// For a terminal: failures with their stage and reason; a percentile that its runs do not support
/// says so in its place.
std::string format_run_summary(const RunSummary& summary);

/// The same as JSON: {"quality": {...}, "cells": [{case, variant, status, stage, reason,
/// scores:{metric: value}, valid, ...}]}. An unsupported percentile is null among the scores, and
/// "unsupported" has the runs that it needs.
std::string run_summary_json(const RunSummary& summary);

}  // namespace assay::cli
