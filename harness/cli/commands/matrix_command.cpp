#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <harness/cli/command.h>
#include <harness/cli/commands/matrix_command.h>
#include <harness/cli/views/report_output.h>
#include <harness/store/store.h>
#include <reports/matrix/matrix_coverage.h>
#include <reports/matrix/matrix_renderers.h>
#include <suites/task_units.h>

namespace assay::cli {
namespace {

struct MatrixFlags {
  std::filesystem::path db = "results.db";
  std::vector<std::string> runs;
  std::vector<std::string> campaigns;
  reports::MatrixRequest request;
  std::string format = "table";
  std::filesystem::path output;  ///< empty: standard output
};

/// The runs that the matrix may use, newest first. Errors: kNotFound for a run or a campaign that
/// the database does not have, and when there is no run at all.
Result<std::vector<std::int64_t>> pick_runs(store::Store& store, const MatrixFlags& options) {
  std::vector<std::int64_t> named;
  for (const std::string& selector : options.runs) {
    ASSAY_ASSIGN(const std::int64_t id, store.find_run(selector));
    named.push_back(id);
  }
  ASSAY_ASSIGN(const std::vector<RunInfo> infos, store.list_runs());
  for (const std::string& campaign : options.campaigns) {
    const bool known =
        std::ranges::any_of(infos, [&](const RunInfo& info) { return info.campaign == campaign; });
    if (!known) {
      return make_error(ErrorCode::kNotFound, "'{}' has no run of the campaign '{}'",
                        options.db.string(), campaign);
    }
  }
  const bool all = options.runs.empty() && options.campaigns.empty();
  std::vector<std::int64_t> picked;
  for (const RunInfo& info : infos) {
    const bool in_campaign =
        std::ranges::find(options.campaigns, info.campaign) != options.campaigns.end();
    if (all || in_campaign || std::ranges::find(named, info.id) != named.end()) {
      picked.push_back(info.id);
    }
  }
  if (picked.empty()) {
    return make_error(ErrorCode::kNotFound, "'{}' has no run; make one with: assay run",
                      options.db.string());
  }
  return picked;
}

std::string render(const reports::MatrixView& view, const std::string& format) {
  if (format == "md") {
    return reports::render_matrix_markdown(view);
  }
  if (format == "html") {
    return reports::render_matrix_html(view);
  }
  if (format == "json") {
    return reports::render_matrix_json(view);
  }
  return format == "csv" ? reports::render_matrix_csv(view) : reports::render_matrix_text(view);
}

Result<int> print_matrix(const MatrixFlags& options) {
  ASSAY_ASSIGN(store::Store store, store::Store::open(options.db, store::OpenMode::kReadOnly));
  ASSAY_ASSIGN(const std::vector<std::int64_t> ids, pick_runs(store, options));
  std::vector<RunRecord> runs;
  reports::MatrixCoverage coverage;
  for (const std::int64_t id : ids) {
    ASSAY_ASSIGN(RunRecord run, store.load_run(id, store::Detail::kScores));
    if (coverage.adds(run)) {
      ASSAY_ASSIGN(run, store.load_run(id, store::Detail::kFull));
      runs.push_back(std::move(run));
    }
  }
  const suites::TaskUnits units(suites::built_in_tasks());
  return write_report(
      render(reports::make_matrix_view(runs, options.request, units), options.format),
      options.output);
}

}  // namespace

void add_matrix_command(CLI::App& report, Action& chosen) {
  auto options = std::make_shared<MatrixFlags>();
  CLI::App* command = report.add_subcommand(
      "matrix",
      "Show every model, variant, device and backend in one table: times, memory, size,\n"
      "accuracy, and where the ranking of two variants changes between devices");
  command->add_option("--db", options->db, "The results database")->capture_default_str();
  command
      ->add_option("--runs", options->runs,
                   "Only these runs: ids, prefixes of uuids, latest (default: all)")
      ->delimiter(',');
  command->add_option("--campaign", options->campaigns, "Only the runs of these campaigns")
      ->delimiter(',');
  command
      ->add_option("--baseline", options->request.baseline, "Variant that the other is set against")
      ->capture_default_str();
  command->add_option("--candidate", options->request.candidate, "Variant that is set against it")
      ->capture_default_str();
  command->add_option("--format", options->format, "table, md, html, json or csv")
      ->check(CLI::IsMember({"table", "md", "html", "json", "csv"}))
      ->capture_default_str();
  command->add_option("--output,-o", options->output,
                      "The file to write; standard output when not given");
  command->footer(
      "Example, after `assay run`:\n  assay report matrix --format md --output matrix.md");
  command->callback([options, &chosen] { chosen = [options] { return print_matrix(*options); }; });
}

}  // namespace assay::cli
