#include <cstdio>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <harness/cli/command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/views/inspect_text.h>
#include <runtime/inspect/pte_reader.h>

namespace assay::cli {
namespace {

struct InspectFlags {
  std::string file;
  Format format = Format::kText;
};

Result<int> inspect_file(const InspectFlags& options) {
  ASSAY_ASSIGN(const inspect::PteFile file, inspect::read_pte(options.file));
  fmt::print("{}", options.format == Format::kJson ? pte_json(options.file, file)
                                                   : format_pte(options.file, file));
  return kOk;
}

}  // namespace

void add_inspect_command(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand(
      "inspect",
      "Shows what is in a .pte file without running it: methods, inputs and outputs, planned\n"
      "memory, backends, operators left outside delegates, and constant bytes by data type,\n"
      "which is what proves a quantization.\n");
  const auto options = std::make_shared<InspectFlags>();
  command->add_option("FILE", options->file, "A .pte file")->required();
  add_format_option(*command, options->format, {Format::kText, Format::kJson}, TextWord::kText,
                    "text or json");
  command->footer("Example: assay inspect datasets/models/silero-vad/silero-vad-int4.pte");
  command->callback([&chosen, options] { chosen = [options] { return inspect_file(*options); }; });
}

}  // namespace assay::cli
