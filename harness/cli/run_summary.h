#pragma once

// What `assay run` prints at its end: one line a cell, a line of totals, and how far the figures
// can be trusted.

#include <cstdint>
#include <map>
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
  /// RunPlan::backend_facts: "backend:MODEL/VARIANT" -> what was chosen, and why not the others.
  std::map<std::string, std::string> backends = {};
};

/// For a terminal: failures with their stage and reason; a percentile that its runs do not support
/// says so in its place.
std::string format_run_summary(const RunSummary& summary);

/// The same as JSON: {"quality": {...}, "backends": {"MODEL/VARIANT": what
/// was chosen, and why not the others}, "cells": [{case, variant, backend, status, stage, reason,
/// scores:{metric: value}, valid, ...}]}. An unsupported percentile is null among the scores, and
/// "unsupported" has the runs that it needs.
std::string run_summary_json(const RunSummary& summary);

}  // namespace assay::cli
