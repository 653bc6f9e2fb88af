#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <harness/base/nearest.h>
#include <harness/cli/commands/history_command.h>
#include <harness/cli/views/report_output.h>
#include <harness/compare/history.h>
#include <harness/store/store.h>
#include <reports/history/history_renderers.h>

namespace assay::cli {
namespace {

struct HistoryFlags {
  std::filesystem::path db = "results.db";
  store::HistoryFilter filter{.metric = "latency_p50_ms"};
  bool each_case = false;
  std::size_t runs = 0;
  std::string format = "text";
  std::filesystem::path output;  ///< empty: standard output
};

Result<const MetricInfo*> metric_of(const std::string& id) {
  if (const MetricInfo* metric = find_metric(id)) {
    return metric;
  }
  std::vector<std::string> known;
  for (const MetricInfo& metric : metric_catalogue()) {
    known.emplace_back(metric.id);
  }
  return make_error(ErrorCode::kUsage, "--metric: there is no metric '{}'; {}", id,
                    known_names_hint(id, known));
}

std::string render(const reports::HistoryView& view, const std::string& format) {
  if (format == "md") {
    return reports::render_history_markdown(view);
  }
  return format == "json" ? reports::render_history_json(view) : reports::render_history_text(view);
}

Result<int> print_history(const HistoryFlags& options) {
  ASSAY_ASSIGN(const MetricInfo* metric, metric_of(options.filter.metric));
  ASSAY_ASSIGN(store::Store store, store::Store::open(options.db, store::OpenMode::kReadOnly));
  ASSAY_ASSIGN(const MetricHistory stored, store.metric_history(options.filter));
  const bool each = options.each_case || !options.filter.case_name.empty();
  const auto series = compare::make_history(
      stored, *metric, each ? compare::CaseHandling::kEach : compare::CaseHandling::kMean,
      options.runs);
  if (series.empty()) {
    return make_error(ErrorCode::kNotFound,
                      "'{}' has no figure of {} that fits; see what it has with: assay db info "
                      "--db '{}'",
                      options.db.string(), metric->id, options.db.string());
  }
  const std::string text =
      render({.metric = *metric, .stored = stored, .series = series}, options.format);
  return write_report(text, options.output);
}

}  // namespace

void add_history_command(CLI::App& report, Action& chosen) {
  auto options = std::make_shared<HistoryFlags>();
  CLI::App* command = report.add_subcommand(
      "history", "Show a metric over runs, with the steps in it and the commits between");
  command->add_option("--db", options->db, "The results database")->capture_default_str();
  command->add_option("--metric", options->filter.metric, "Id of the metric")
      ->capture_default_str();
  command->add_option("--suite", options->filter.suite, "Only this suite");
  command->add_option("--case", options->filter.case_name, "Only this case");
  command->add_flag("--each-case", options->each_case,
                    "A series for each case, not the mean over the cases of a variant");
  command->add_option("--model", options->filter.model, "Only this model");
  command->add_option("--variant", options->filter.variant, "Only this variant");
  command->add_option("--machine", options->filter.machine,
                      "Only this machine: its id in the output, or the beginning of it");
  command->add_option("--runs", options->runs, "Only that many of the newest runs of each series");
  command->add_option("--format", options->format, "text, md or json")
      ->check(CLI::IsMember({"text", "md", "json"}))
      ->capture_default_str();
  command->add_option("--output,-o", options->output,
                      "The file to write; standard output when not given");
  command->footer("Example: assay report history --metric latency_p50_ms --variant int8");
  command->callback([options, &chosen] { chosen = [options] { return print_history(*options); }; });
}

}  // namespace assay::cli
