#pragma once

// The formats of `assay compare`. Pure: view in, text out.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include <reports/comparison/comparison_view.h>

namespace assay::reports {

/// For a terminal of 100 columns.
std::string render_comparison_text(const ComparisonView& view);

/// For a pull request.
std::string render_comparison_markdown(const ComparisonView& view);

/// One line a metric, overall (case "*") and a case; raw numbers.
std::string render_comparison_csv(const ComparisonView& view);

/// Everything, raw numbers and text. A number that is not finite is null.
nlohmann::ordered_json comparison_to_json(const ComparisonView& view);

/// The above as a document of its own, with its format's version.
std::string render_comparison_json(const ComparisonView& view);

}  // namespace assay::reports
