#include <fmt/format.h>

#include <harness/cli/views/calibration_text.h>
#include <reports/canvas/text_table.h>

namespace assay::cli {
namespace {

std::string percent(double value) { return fmt::format("{:.2f} %", 100 * value); }

}  // namespace

std::string format_calibrations(const std::vector<Calibration>& calibrations) {
  using enum reports::ColumnKind;
  reports::Table table{.columns = {{"case", kText},
                                   {"variant", kText},
                                   {"metric", kText},
                                   {"A/A", kNumber},
                                   {"false positives", kNumber},
                                   {"noise (sd)", kNumber},
                                   {"finds", kNumber},
                                   {"budget", kNumber}},
                       .rows = {}};
  for (const Calibration& row : calibrations) {
    table.rows.push_back({row.key.case_name, row.key.variant, row.metric,
                          std::to_string(row.comparisons), percent(row.false_positive_rate),
                          percent(row.noise_sd), percent(row.minimum_detectable_effect),
                          row.budget_s > 0 ? fmt::format("{:g} s", row.budget_s) : "stored runs"});
  }
  return reports::render_text_table(table);
}

}  // namespace assay::cli
