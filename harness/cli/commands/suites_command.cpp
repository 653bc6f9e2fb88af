#include <memory>

#include <fmt/format.h>

#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/views/suite_rendering.h>
#include <suites/manifest/manifest_parser.h>
#include <suites/manifest/suite_finder.h>
#include <suites/manifest/suite_survey.h>

namespace assay::cli {
namespace {

struct SuitesOptions {
  Format format = Format::kText;
  std::string suite;
};

void add_format_option(CLI::App& command, SuitesOptions& options) {
  add_format_option(command, options.format, {Format::kText, Format::kJson}, TextWord::kText,
                    "text for people, json for scripts");
}

Result<std::optional<std::filesystem::path>> suites_folder() {
  ASSAY_ASSIGN(const auto program, program_path());
  return suites::find_suites_folder(program);
}

SuiteListing make_listing(const std::filesystem::path& file) {
  SuiteListing listing{.file = file, .name = file.stem().string()};
  auto manifest = suites::load_manifest(file, suites::built_in_tasks());
  if (!manifest.ok()) {
    listing.problem = manifest.error().message;
    return listing;
  }
  listing.description = manifest->description;
  listing.case_count = manifest->cases.size();
  listing.variant_count = manifest->model.variants.size();
  return listing;
}

Result<int> list(const SuitesOptions& options) {
  ASSAY_ASSIGN(const auto folder, suites_folder());
  if (!folder) {
    return make_error(ErrorCode::kNotFound,
                      "there are no built-in suites beside this program (looked for "
                      "share/assay/suites and suites in the folders above it)");
  }
  std::vector<SuiteListing> listings;
  bool all_readable = true;
  for (const auto& file : suites::list_suite_files(*folder)) {
    listings.push_back(make_listing(file));
    all_readable = all_readable && listings.back().problem.empty();
  }
  fmt::print("{}",
             options.format == Format::kJson ? list_as_json(listings) : list_as_text(listings));
  return all_readable ? kOk : kFailed;
}

Result<int> explain(const SuitesOptions& options) {
  ASSAY_ASSIGN(const auto folder, suites_folder());
  ASSAY_ASSIGN(const auto file, suites::find_suite(options.suite, folder));
  ASSAY_ASSIGN(const auto manifest, suites::load_manifest(file, suites::built_in_tasks()));
  const auto survey = suites::survey_suite(manifest);
  fmt::print("{}", options.format == Format::kJson ? plan_as_json(manifest, survey)
                                                   : plan_as_text(manifest, survey));
  return survey.problems().empty() ? kOk : kFailed;
}

}  // namespace

void add_suites_command(CLI::App& app, Action& chosen) {
  const auto options = std::make_shared<SuitesOptions>();
  CLI::App* suites = app.add_subcommand("suites", "Lists suites and explains what one would run");
  suites->require_subcommand(1);
  suites->footer("Example: assay suites explain vad");

  CLI::App* list_command = suites->add_subcommand("list", "Lists the built-in suites");
  list_command->footer(
      "Exit code 1: a suite file cannot be read.\n"
      "Example: assay suites list");
  add_format_option(*list_command, *options);
  list_command->callback([options, &chosen] { chosen = [options] { return list(*options); }; });

  CLI::App* explain_command = suites->add_subcommand(
      "explain",
      "Prints a suite's plan: variants, cases, thresholds and their reasons, and what is missing");
  explain_command->footer(
      "Exit code 1: a file is missing or is not what the suite says.\n"
      "Example: assay suites explain vad");
  explain_command->add_option("suite", options->suite, "name of a built-in suite, or a file")
      ->required();
  add_format_option(*explain_command, *options);
  explain_command->callback(
      [options, &chosen] { chosen = [options] { return explain(*options); }; });
}

}  // namespace assay::cli
