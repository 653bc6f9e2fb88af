#include <memory>
#include <string>

#include <fmt/format.h>

#include <harness/cli/command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/views/doctor_text.h>
#include <harness/session/doctor_facts.h>

namespace assay::cli {

void add_doctor_command(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand(
      "doctor",
      "Shows what this machine and this build can do: backends, threads, CPU features, governor,\n"
      "sensors ('unreadable' when they are), hardware counters, versions; and what would spoil\n"
      "measurements here.\n");
  const auto format = std::make_shared<Format>(Format::kText);
  add_format_option(*command, *format, {Format::kText, Format::kJson}, TextWord::kText,
                    "text or json");
  command->footer("Example: assay doctor --format json");
  command->callback([&chosen, format] {
    chosen = [format]() -> Result<int> {
      const session::DoctorFacts facts = session::gather_doctor_facts();
      fmt::print("{}", *format == Format::kJson ? doctor_json(facts) : format_doctor(facts));
      return kOk;
    };
  });
}

}  // namespace assay::cli
