#pragma once

// What a run summary and a report say about how far figures can be trusted: validity, disturbed
// blocks, warnings, and the course of a sustained run. Text is chosen here; raw numbers stay for
// JSON.

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include <harness/measure/run_quality.h>
#include <harness/measure/sustained.h>
#include <reports/canvas/text_table.h>

namespace assay::reports {

struct InvalidView {
  std::string cell;
  std::string reasons;
};

struct SustainedView {
  std::string title;    ///< "vad / long-mixed over 30 minutes"
  std::string ranking;  ///< a sentence
  Table table;          ///< p50 by span of time and variant
};

struct QualityView {
  bool all_valid = true;
  std::string validity;  ///< "VALID: all 18 measured cells"; empty when no cell was measured
  std::vector<InvalidView> invalid;
  std::string blocks;                 ///< how quiet the machine was; empty without blocks
  std::vector<std::string> warnings;  ///< one a kind, with its advice and the number of cells
  std::vector<SustainedView> sustained;
  measure::RunQuality figures;
  std::vector<measure::SustainedCase> sustained_figures;
};

/// `sustained` is empty for a run that was not one.
QualityView make_quality_view(std::span<const measure::CellQuality> cells,
                              std::vector<measure::SustainedCase> sustained);

/// For a terminal. At most ten INVALID cells are listed, the others counted.
std::string render_quality_text(const QualityView& view);

std::string render_quality_markdown(const QualityView& view);

/// {"measured", "invalid", "blocks", "warnings", "sustained"}.
nlohmann::ordered_json quality_to_json(const QualityView& view);

/// What `quality_to_json` cannot say of a single cell: {"valid", "invalid", "unsupported",
/// "blocks", "warnings"}. valid is null for a cell that was not measured.
nlohmann::ordered_json cell_quality_to_json(const measure::CellQuality& cell);

}  // namespace assay::reports
