#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <harness/cli/commands/matrix_command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/views/report_output.h>
#include <harness/session/stored_runs.h>
#include <reports/matrix/matrix_coverage.h>
#include <reports/matrix/matrix_renderers.h>
#include <suites/task_units.h>

namespace assay::cli {
namespace {

struct MatrixFlags {
  session::RunChoice choice{.database = "results.db"};
  reports::MatrixRequest request;
  Format format = Format::kText;
  std::filesystem::path output;  ///< empty: standard output
};

std::string render(const reports::MatrixView& view, Format format) {
  if (format == Format::kMarkdown) {
    return reports::render_matrix_markdown(view);
  }
  if (format == Format::kHtml) {
    return reports::render_matrix_html(view);
  }
  if (format == Format::kJson) {
    return reports::render_matrix_json(view);
  }
  return format == Format::kCsv ? reports::render_matrix_csv(view)
                                : reports::render_matrix_text(view);
}

Result<int> print_matrix(const MatrixFlags& flags) {
  reports::MatrixCoverage coverage;
  ASSAY_ASSIGN(
      const std::vector<RunRecord> runs,
      session::read_runs(flags.choice, [&](const RunRecord& run) { return coverage.adds(run); }));
  const suites::TaskUnits units(suites::built_in_tasks());
  return write_report(render(reports::make_matrix_view(runs, flags.request, units), flags.format),
                      flags.output);
}

}  // namespace

void add_matrix_command(CLI::App& report, Action& chosen) {
  auto options = std::make_shared<MatrixFlags>();
  CLI::App* command = report.add_subcommand(
      "matrix",
      "Show every model, variant, device and backend in one table: times, memory, size,\n"
      "accuracy, and where the ranking of two variants changes between devices");
  command->add_option("--db", options->choice.database, "The results database")
      ->capture_default_str();
  command
      ->add_option("--runs", options->choice.runs,
                   "Only these runs: ids, prefixes of uuids, latest (default: all)")
      ->delimiter(',');
  command->add_option("--campaign", options->choice.campaigns, "Only the runs of these campaigns")
      ->delimiter(',');
  command
      ->add_option("--baseline", options->request.baseline, "Variant that the other is set against")
      ->capture_default_str();
  command->add_option("--candidate", options->request.candidate, "Variant that is set against it")
      ->capture_default_str();
  add_format_option(*command, options->format,
                    {Format::kText, Format::kMarkdown, Format::kHtml, Format::kJson, Format::kCsv},
                    TextWord::kTable, "table, md, html, json or csv");
  command->add_option("--output,-o", options->output,
                      "The file to write; standard output when not given");
  command->footer(
      "Example, after `assay run`:\n  assay report matrix --format md --output matrix.md");
  command->callback([options, &chosen] { chosen = [options] { return print_matrix(*options); }; });
}

}  // namespace assay::cli
