#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include <harness/cli/command.h>
#include <harness/cli/views/doctor_text.h>
#include <harness/host/local_probe.h>
#include <harness/measure/perf_counters.h>
#include <harness/session/device_backends.h>
#include <harness/store/store.h>
#include <runtime/engine/runtime_facts.h>

namespace assay::cli {
namespace {

/// The first program of that name in PATH, or "not found".
std::string find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    const std::filesystem::path candidate = std::filesystem::path(folder) / name;
    if (!folder.empty() && ::access(candidate.c_str(), X_OK) == 0) {
      return candidate.string();
    }
  }
  return "not found";
}

DoctorFacts gather() {
  const auto counters = measure::PerfCounter::open(measure::CounterEvent::kCycles);
  const Fingerprint fingerprint = host::probe_local();
  const runtime::RuntimeFacts runtime = runtime::read_runtime_facts();
  return {.fingerprint = fingerprint,
          .runtime = runtime,
          .backends = session::device_backends(fingerprint, runtime).states,
          .sqlite_version = store::sqlite_version(),
          .perf_counters =
              counters.ok() ? "allowed" : fmt::format("not allowed: {}", counters.error().message),
          .adb = find_program("adb")};
}

}  // namespace

void add_doctor_command(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand(
      "doctor",
      "Shows what this machine and this build can do: backends, threads, CPU features, governor,\n"
      "sensors ('unreadable' when they are), hardware counters, versions; and what would spoil\n"
      "measurements here.\n");
  const auto format = std::make_shared<std::string>("text");
  command->add_option("--format", *format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer("Example: assay doctor --format json");
  command->callback([&chosen, format] {
    chosen = [format]() -> Result<int> {
      const DoctorFacts facts = gather();
      fmt::print("{}", *format == "json" ? doctor_json(facts) : format_doctor(facts));
      return kOk;
    };
  });
}

}  // namespace assay::cli
