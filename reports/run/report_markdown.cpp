#include <fmt/format.h>

#include <reports/canvas/text_table.h>
#include <reports/comparison/comparison_renderers.h>
#include <reports/run/report_renderers.h>

namespace assay::reports {
namespace {

/// More failures than this are only counted: a pull request is not a log.
constexpr std::size_t kShownFailures = 30;

std::string failure_table(const ReportModel& model) {
  Table table{.columns = {{"cell"}, {"status"}, {"reason"}}};
  for (const Failure& failure : model.failures) {
    if (table.rows.size() == kShownFailures) {
      break;
    }
    table.rows.push_back({failure.cell, failure.status, failure.reason});
  }
  std::string text = render_markdown_table(table);
  if (model.failures.size() > kShownFailures) {
    text += fmt::format("\nThe first {} of {}.\n", kShownFailures, model.failures.size());
  }
  return text;
}

std::string facts(const FactGroup& group) {
  std::string text = fmt::format("\n{}\n\n", escape_markdown(group.title));
  for (const ReportFact& fact : group.facts) {
    text += fmt::format("- {}: {}\n", escape_markdown(fact.name), escape_markdown(fact.value));
  }
  return text;
}

std::string profiles(const BenchView& bench) {
  std::string text;
  for (const ProfileView& profile : bench.profiles) {
    text += fmt::format("\n**{}**: {}\n", escape_markdown(profile.variant),
                        escape_markdown(profile.summary));
    if (!profile.granularity.empty()) {
      text += fmt::format("({})\n", escape_markdown(profile.granularity));
    }
    if (!profile.table.rows.empty()) {
      text += "\n" + render_markdown_table(profile.table);
    }
  }
  return text;
}

std::string render_bench(const BenchView& bench) {
  std::string text = fmt::format("\n## {}\n\n", escape_markdown(bench.title));
  if (!bench.against_reference.rows.empty()) {
    text += fmt::format("Every variant against {}:\n\n", escape_markdown(bench.reference));
    text += render_markdown_table(bench.against_reference) + "\n";
  }
  for (const ReportFact& recipe : bench.recipes) {
    text += fmt::format("- {}: {}\n", escape_markdown(recipe.name), escape_markdown(recipe.value));
  }
  text += fmt::format("\n<details><summary>All figures</summary>\n\n{}\n</details>\n",
                      render_markdown_table(bench.figures));
  if (!bench.profiles.empty()) {
    text +=
        "\n<details><summary>Where the time goes</summary>\n" + profiles(bench) + "\n</details>\n";
  }
  return text;
}

}  // namespace

std::string render_markdown(const ReportModel& model) {
  std::string text = fmt::format(
      "# {}\n\n{}\n\n**{}: {}**\n\n", escape_markdown(model.title), escape_markdown(model.subtitle),
      model.all_passed ? "PASS" : "FAIL", escape_markdown(model.verdict));
  if (!model.failures.empty()) {
    text += failure_table(model) + "\n";
  }
  text += render_quality_markdown(model.quality) + "\n";
  if (model.comparison.has_value()) {
    text += render_comparison_markdown(*model.comparison);
  }
  if (!model.no_comparison.empty()) {
    text += escape_markdown(model.no_comparison) + "\n";
  }
  for (const BenchView& bench : model.benches) {
    text += render_bench(bench);
  }
  text += "\n<details><summary>Provenance</summary>\n";
  for (const FactGroup& group : model.provenance) {
    text += facts(group);
  }
  return text + "\n</details>\n";
}

}  // namespace assay::reports
