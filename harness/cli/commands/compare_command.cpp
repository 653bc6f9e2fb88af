#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <harness/cli/command.h>
#include <harness/compare/compare.h>
#include <harness/compare/device_runs.h>
#include <harness/session/kept_units.h>
#include <harness/store/store.h>
#include <reports/comparison/comparison_renderers.h>
#include <reports/comparison/comparison_view.h>

namespace assay::cli {
namespace {

struct CompareOptions {
  std::string axis = "variant";
  std::vector<std::string> sides;
  std::filesystem::path db = "results.db";
  std::string run;  ///< empty: "latest", or of devices whichever fits
  std::string format = "table";
};

Result<RunRecord> load_run(store::Store& store, const std::string& selector) {
  ASSAY_ASSIGN(const std::int64_t id, store.find_run(selector));
  return store.load_run(id, store::Detail::kFull);
}

Result<compare::Comparison> compare_devices(store::Store& store, const UnitSource& units,
                                            const CompareOptions& options) {
  std::optional<std::int64_t> only;
  if (!options.run.empty()) {
    ASSAY_ASSIGN(only, store.find_run(options.run));
  }
  ASSAY_ASSIGN(const std::vector<RunInfo> runs, store.list_runs());
  ASSAY_ASSIGN(const auto devices, store.devices_of_runs());
  ASSAY_ASSIGN(const compare::DeviceRuns found,
               compare::find_device_runs(runs, devices, options.sides[0], options.sides[1], only));
  ASSAY_ASSIGN(const RunRecord a, store.load_run(found.a, store::Detail::kFull));
  ASSAY_ASSIGN(const RunRecord b, store.load_run(found.b, store::Detail::kFull));
  return compare::compare_devices(a, options.sides[0], b, options.sides[1], units, {});
}

Result<compare::Comparison> compare_sides(const CompareOptions& options) {
  const std::optional<compare::Axis> axis = compare::axis_from_name(options.axis);
  if (!axis.has_value()) {
    return make_error(ErrorCode::kUsage, "unknown axis '{}'", options.axis);
  }
  ASSAY_ASSIGN(store::Store store, store::Store::open(options.db, store::OpenMode::kReadOnly));
  const session::KeptUnits units(suites::built_in_tasks(), options.db);
  if (*axis == compare::Axis::kRun) {
    ASSAY_ASSIGN(const RunRecord a, load_run(store, options.sides[0]));
    ASSAY_ASSIGN(const RunRecord b, load_run(store, options.sides[1]));
    return compare::compare_runs(a, b, units, {});
  }
  if (*axis == compare::Axis::kDevice) {
    return compare_devices(store, units, options);
  }
  ASSAY_ASSIGN(const RunRecord run, load_run(store, options.run.empty() ? "latest" : options.run));
  return compare::compare_in_run(run, *axis, options.sides[0], options.sides[1], units, {});
}

std::string render(const reports::ComparisonView& view, const std::string& format) {
  if (format == "json") {
    return reports::render_comparison_json(view);
  }
  if (format == "md") {
    return reports::render_comparison_markdown(view);
  }
  return format == "csv" ? reports::render_comparison_csv(view)
                         : reports::render_comparison_text(view);
}

Result<int> run_compare(const CompareOptions& options) {
  ASSAY_ASSIGN(const compare::Comparison comparison, compare_sides(options));
  const std::string text = render(reports::make_comparison_view(comparison), options.format);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kOk;
}

}  // namespace

void add_compare_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand(
      "compare", "Compare two variants (or threads, backends, devices) of one run, or two runs");
  command
      ->add_option("--axis", options->axis,
                   "The one key in which the sides differ; all others must be equal")
      ->check(CLI::IsMember({"variant", "device", "threads", "backend", "run"}))
      ->capture_default_str();
  command
      ->add_option("sides", options->sides,
                   "A (the baseline) and B: names on the axis, or with --axis run two runs (id, "
                   "prefix of a uuid, latest)")
      ->expected(2)
      ->required();
  command->add_option("--db", options->db, "The results database")->capture_default_str();
  command->add_option("--run", options->run,
                      "The run to look into: id, prefix of a uuid, or latest; not with --axis run\n"
                      "(default: latest; of devices the newest run that has both, else the newest\n"
                      "of each, of one campaign if there are)");
  command->add_option("--format", options->format, "How to print it")
      ->check(CLI::IsMember({"table", "json", "md", "csv"}))
      ->capture_default_str();
  command->footer(
      "Example, after `assay run`:\n  assay compare --axis variant int8 int4 --db results.db");
  command->callback([options, &chosen] { chosen = [options] { return run_compare(*options); }; });
}

}  // namespace assay::cli
