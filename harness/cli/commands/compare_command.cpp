#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <harness/cli/command.h>
#include <harness/cli/output_format.h>
#include <harness/session/stored_comparison.h>
#include <reports/comparison/comparison_renderers.h>
#include <reports/comparison/comparison_view.h>

namespace assay::cli {
namespace {

struct CompareFlags {
  std::string axis = "variant";
  std::vector<std::string> sides;
  std::filesystem::path db = "results.db";
  std::string run;  ///< empty: "latest", or of devices whichever fits
  Format format = Format::kText;
};

std::string render(const reports::ComparisonView& view, Format format) {
  if (format == Format::kJson) {
    return reports::render_comparison_json(view);
  }
  if (format == Format::kMarkdown) {
    return reports::render_comparison_markdown(view);
  }
  return format == Format::kCsv ? reports::render_comparison_csv(view)
                                : reports::render_comparison_text(view);
}

Result<int> run_compare(const CompareFlags& flags) {
  const std::optional<compare::Axis> axis = compare::axis_from_name(flags.axis);
  if (!axis.has_value()) {
    return make_error(ErrorCode::kUsage, "unknown axis '{}'", flags.axis);
  }
  ASSAY_ASSIGN(const compare::Comparison comparison, session::compare_stored({.database = flags.db,
                                                                              .axis = *axis,
                                                                              .a = flags.sides[0],
                                                                              .b = flags.sides[1],
                                                                              .run = flags.run}));
  const std::string text = render(reports::make_comparison_view(comparison), flags.format);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kOk;
}

}  // namespace

void add_compare_command(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<CompareFlags>();
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
  add_format_option(*command, options->format,
                    {Format::kText, Format::kJson, Format::kMarkdown, Format::kCsv},
                    TextWord::kTable, "How to print it");
  command->footer(
      "Example, after `assay run`:\n  assay compare --axis variant int8 int4 --db results.db");
  command->callback([options, &chosen] { chosen = [options] { return run_compare(*options); }; });
}

}  // namespace assay::cli
