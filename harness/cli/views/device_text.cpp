#include <nlohmann/json.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/cli/views/device_text.h>
#include <reports/canvas/text_table.h>

namespace assay::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string tags_text(const campaign::ListedDevice& device) {
  return fmt::format("{}", fmt::join(device.tags, ","));
}

}  // namespace

std::string format_devices(const std::vector<campaign::ListedDevice>& devices) {
  constexpr std::size_t kUncut = reports::kUncut;
  reports::Table table{.columns = {{"name", reports::ColumnKind::kText, kUncut},
                                   {"target", reports::ColumnKind::kText, kUncut},
                                   {"state"},
                                   {"tags", reports::ColumnKind::kText, kUncut}}};
  for (const campaign::ListedDevice& one : devices) {
    table.rows.push_back({one.name, one.target, one.state, tags_text(one)});
  }
  return render_text_table(table, {.head = reports::TableHead::kTitles});
}

std::string devices_json(const std::vector<campaign::ListedDevice>& devices) {
  Json document = Json::array();
  for (const campaign::ListedDevice& one : devices) {
    document.push_back({{"name", one.name},
                        {"target", one.target},
                        {"state", one.state},
                        {"tags", tags_text(one)}});
  }
  return document.dump(2) + "\n";
}

std::string format_probes(const std::vector<campaign::ProbedDevice>& devices) {
  std::string text;
  for (const campaign::ProbedDevice& one : devices) {
    if (!one.facts.ok()) {
      continue;
    }
    text += one.name + "\n";
    for (const device::FactMeaning& fact : device::probe_facts()) {
      text += fmt::format("  {:<18} {}\n", fact.key, one.facts->at(std::string(fact.key)));
    }
  }
  return text;
}

std::string probes_json(const std::vector<campaign::ProbedDevice>& devices) {
  Json document = Json::object();
  for (const campaign::ProbedDevice& one : devices) {
    document[one.name] =
        one.facts.ok() ? Json(*one.facts) : Json{{"error", one.facts.error().message}};
  }
  return document.dump(2) + "\n";
}

}  // namespace assay::cli
