#pragma once

// The formats of `assay report`. Pure: model in, text out. None of them computes anything.

#include <string>

#include <reports/run/report_model.h>

namespace assay::reports {

/// One self-contained file: inline style and pictures, no script, no request to anywhere.
std::string render_html(const ReportModel& model);

/// For a pull request.
std::string render_markdown(const ReportModel& model);

/// One test case a cell; a cell that did not run is a failure, too.
std::string render_junit(const ReportModel& model);

/// One line a cell and metric.
std::string render_csv(const ReportModel& model);

/// Everything but the pictures, with the version of the format.
std::string render_json(const ReportModel& model);

}  // namespace assay::reports
