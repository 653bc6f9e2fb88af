#include <filesystem>
#include <memory>
#include <string>

#include <harness/cli/command.h>
#include <harness/cli/commands/history_command.h>
#include <harness/cli/commands/matrix_command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/views/report_output.h>
#include <harness/session/kept_units.h>
#include <harness/session/stored_runs.h>
#include <reports/run/report_model.h>
#include <reports/run/report_renderers.h>

namespace assay::cli {
namespace {

struct ReportOptions {
  std::filesystem::path db = "results.db";
  std::string run = "latest";
  std::string axis;
  std::string baseline;
  std::string candidate;
  Format format = Format::kHtml;
  std::filesystem::path output;  ///< empty: standard output
};

/// What to compare. Errors: kUsage when only one side is named.
Result<reports::ReportRequest> request_of(const ReportOptions& options) {
  if (options.baseline.empty() != options.candidate.empty()) {
    return make_error(ErrorCode::kUsage, "--baseline and --candidate go together");
  }
  if (options.baseline.empty()) {
    if (!options.axis.empty()) {
      return make_error(ErrorCode::kUsage, "--axis needs --baseline and --candidate");
    }
    return reports::ReportRequest{};
  }
  return reports::ReportRequest{
      .axis = compare::axis_from_name(options.axis.empty() ? "variant" : options.axis),
      .baseline = options.baseline,
      .candidate = options.candidate};
}

std::string render(const reports::ReportModel& model, Format format) {
  if (format == Format::kMarkdown) {
    return reports::render_markdown(model);
  }
  if (format == Format::kJunit) {
    return reports::render_junit(model);
  }
  if (format == Format::kJson) {
    return reports::render_json(model);
  }
  return format == Format::kCsv ? reports::render_csv(model) : reports::render_html(model);
}

Result<int> run_report(const ReportOptions& options) {
  ASSAY_ASSIGN(const reports::ReportRequest request, request_of(options));
  ASSAY_ASSIGN(const RunRecord run, session::read_run(options.db, options.run));
  const session::KeptUnits units(suites::built_in_tasks(), options.db);
  ASSAY_ASSIGN(const reports::ReportModel model, reports::build_report(run, request, units));
  return write_report(render(model, options.format), options.output);
}

}  // namespace

void add_report_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = app.add_subcommand(
      "report", "Write a report of one run: verdicts, comparison, pictures, provenance");
  add_format_option(*command, options->format,
                    {Format::kHtml, Format::kMarkdown, Format::kJunit, Format::kJson, Format::kCsv},
                    TextWord::kText,
                    "html (one file, opens without a network), md, junit, json or csv");
  command->add_option("--output,-o", options->output,
                      "The file to write; standard output when not given");
  command->add_option("--db", options->db, "The results database")->capture_default_str();
  command->add_option("--run", options->run, "The run: id, prefix of a uuid, or latest")
      ->capture_default_str();
  command->add_option("--axis", options->axis, "What --baseline and --candidate are names of")
      ->check(CLI::IsMember({"variant", "device", "threads", "backend"}));
  command->add_option("--baseline", options->baseline,
                      "Side A of the comparison; without it int8, or the first variant");
  command->add_option("--candidate", options->candidate,
                      "Side B of the comparison; without it int4, or the second variant");
  command->footer("Example, after `assay run`:\n  assay report --format html --output report.html");
  command->callback([options, &chosen, command] {
    if (!chose_subcommand(*command)) {
      chosen = [options] { return run_report(*options); };
    }
  });
  add_history_command(*command, chosen);
  add_matrix_command(*command, chosen);
}

}  // namespace assay::cli
