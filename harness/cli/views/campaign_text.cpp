#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/cli/views/backend_text.h>
#include <harness/cli/views/campaign_text.h>
#include <reports/canvas/text_table.h>

namespace assay::cli {

using reports::ColumnKind;

std::string format_campaign(std::span<const campaign::DeviceOutcome> devices) {
  reports::Table table{.columns = {{"device", ColumnKind::kText, reports::kUncut},
                                   {"run", ColumnKind::kNumber},
                                   {"cells", ColumnKind::kNumber},
                                   {"passed", ColumnKind::kNumber}}};
  std::map<std::string, std::vector<std::string>> devices_of;  // by the backends' lines
  for (const campaign::DeviceOutcome& one : devices) {
    table.rows.push_back({one.device, std::to_string(one.run_id), std::to_string(one.cells),
                          std::to_string(one.passed)});
    devices_of[format_backends(one.backends)].push_back(one.device);
  }
  std::string text = render_text_table(table, {.head = reports::TableHead::kTitles});
  for (const auto& [lines, names] : devices_of) {
    if (!lines.empty()) {
      text += fmt::format("\n{}:\n{}", fmt::join(names, ", "), lines);
    }
  }
  for (const campaign::DeviceOutcome& one : devices) {
    if (const std::size_t failed = one.cells - one.passed - one.skipped; failed > 0) {
      text += fmt::format("\n{}: {} of {} cells did not pass\n", one.device, failed, one.cells);
      for (const std::string& line : one.failures) {
        text += fmt::format("  {}\n", line);
      }
    }
  }
  return text;
}

std::string campaign_json(std::span<const campaign::DeviceOutcome> devices) {
  auto document = nlohmann::ordered_json::array();
  for (const campaign::DeviceOutcome& one : devices) {
    document.push_back({{"device", one.device},
                        {"run", one.run_id},
                        {"cells", one.cells},
                        {"passed", one.passed},
                        {"skipped", one.skipped},
                        {"failures", one.failures},
                        {"backends", one.backends}});
  }
  return document.dump(2) + "\n";
}

std::string campaign_hints(std::span<const campaign::DeviceOutcome> devices,
                           const std::filesystem::path& db) {
  std::string text;
  for (const campaign::DeviceOutcome& one : devices) {
    if (!one.failed_stage.empty()) {
      text += fmt::format("assay: go on with run {}: assay run --resume {} --device {} --db {}\n",
                          one.run_id, one.run_id, one.device, db.string());
    }
  }
  if (devices.size() > 1) {
    text += fmt::format(
        "assay: next: assay compare --axis device {} {} --db {}; assay report matrix --db {}\n",
        devices[0].device, devices[1].device, db.string(), db.string());
  }
  return text;
}

}  // namespace assay::cli
