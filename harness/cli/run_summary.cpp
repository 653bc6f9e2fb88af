#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include <fmt/format.h>

#include <harness/cli/run_summary.h>

namespace assay::cli {
namespace {

std::optional<double> find_score(const Cell& cell, std::string_view metric) {
  const auto found = std::ranges::find(cell.scores, metric, &Score::metric);
  return found == cell.scores.end() ? std::nullopt : std::optional(found->value);
}

std::string format_score(const Cell& cell, std::string_view metric, std::string_view format) {
  const std::optional<double> value = find_score(cell, metric);
  return value ? fmt::format(fmt::runtime(format), *value) : "-";
}

}  // namespace

std::string format_run_summary(const std::vector<Cell>& cells) {
  std::size_t case_width = 4;
  std::size_t variant_width = 7;
  for (const Cell& cell : cells) {
    case_width = std::max(case_width, cell.key.case_name.size());
    variant_width = std::max(variant_width, cell.key.variant.size());
  }
  std::string text =
      fmt::format("{:<{}}  {:<{}}  {:>9}  {:>9}  {:>8}  {:>6}  {:>6}  {}\n", "case", case_width,
                  "variant", variant_width, "p50 ms", "p99 ms", "SQNR dB", "flips", "F1", "status");
  std::map<std::string_view, std::size_t> totals;
  for (const Cell& cell : cells) {
    ++totals[cell_status_name(cell.status)];
    text += fmt::format("{:<{}}  {:<{}}  {:>9}  {:>9}  {:>8}  {:>6}  {:>6}  {}", cell.key.case_name,
                        case_width, cell.key.variant, variant_width,
                        format_score(cell, "latency_p50_ms", "{:.4f}"),
                        format_score(cell, "latency_p99_ms", "{:.4f}"),
                        format_score(cell, "score_sqnr_db", "{:.1f}"),
                        format_score(cell, "decision_flips", "{:.0f}"),
                        format_score(cell, "frame_f1", "{:.3f}"), cell_status_name(cell.status));
    text += cell.reason.empty() ? "\n" : fmt::format(" ({}): {}\n", cell.stage, cell.reason);
  }
  text += fmt::format("{} cells:", cells.size());
  for (const auto& [status, count] : totals) {
    text += fmt::format(" {} {}", count, status);
  }
  return text + "\n";
}

std::string run_summary_json(std::int64_t run_id, const std::vector<Cell>& cells) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Cell& cell : cells) {
    nlohmann::ordered_json scores = nlohmann::ordered_json::object();
    for (const Score& score : cell.scores) {
      // JSON has no infinity; null says that the value is not a number.
      scores[score.metric] = std::isfinite(score.value) ? nlohmann::ordered_json(score.value)
                                                        : nlohmann::ordered_json(nullptr);
    }
    list.push_back({{"suite", cell.key.suite},
                    {"case", cell.key.case_name},
                    {"model", cell.key.model},
                    {"variant", cell.key.variant},
                    {"threads", cell.key.threads},
                    {"status", cell_status_name(cell.status)},
                    {"stage", cell.stage},
                    {"reason", cell.reason},
                    {"scores", std::move(scores)}});
  }
  const nlohmann::ordered_json document{
      {"version", 1}, {"run", run_id}, {"cells", std::move(list)}};
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace assay::cli
