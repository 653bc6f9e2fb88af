#include <filesystem>
#include <memory>
#include <string>

#include <harness/cli/commands/history_command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/views/report_output.h>
#include <harness/session/stored_runs.h>
#include <reports/history/history_renderers.h>

namespace assay::cli {
namespace {

struct HistoryFlags {
  session::HistoryRequest request{.database = "results.db", .metric = "latency_p50_ms"};
  Format format = Format::kText;
  std::filesystem::path output;  ///< empty: standard output
};

std::string render(const reports::HistoryView& view, Format format) {
  if (format == Format::kMarkdown) {
    return reports::render_history_markdown(view);
  }
  return format == Format::kJson ? reports::render_history_json(view)
                                 : reports::render_history_text(view);
}

Result<int> print_history(const HistoryFlags& flags) {
  ASSAY_ASSIGN(const session::StoredHistory history, session::read_history(flags.request));
  const std::string text =
      render({.metric = *history.metric, .stored = history.stored, .series = history.series},
             flags.format);
  return write_report(text, flags.output);
}

}  // namespace

void add_history_command(CLI::App& report, Action& chosen) {
  auto options = std::make_shared<HistoryFlags>();
  CLI::App* command = report.add_subcommand(
      "history", "Show a metric over runs, with the steps in it and the commits between");
  command->add_option("--db", options->request.database, "The results database")
      ->capture_default_str();
  command->add_option("--metric", options->request.metric, "Id of the metric")
      ->capture_default_str();
  command->add_option("--suite", options->request.suite, "Only this suite");
  command->add_option("--case", options->request.case_name, "Only this case");
  command->add_flag("--each-case", options->request.each_case,
                    "A series for each case, not the mean over the cases of a variant");
  command->add_option("--model", options->request.model, "Only this model");
  command->add_option("--variant", options->request.variant, "Only this variant");
  command->add_option("--machine", options->request.machine,
                      "Only this machine: its id in the output, or the beginning of it");
  command->add_option("--runs", options->request.newest_runs,
                      "Only that many of the newest runs of each series");
  add_format_option(*command, options->format, {Format::kText, Format::kMarkdown, Format::kJson},
                    TextWord::kText, "text, md or json");
  command->add_option("--output,-o", options->output,
                      "The file to write; standard output when not given");
  command->footer("Example: assay report history --metric latency_p50_ms --variant int8");
  command->callback([options, &chosen] { chosen = [options] { return print_history(*options); }; });
}

}  // namespace assay::cli
