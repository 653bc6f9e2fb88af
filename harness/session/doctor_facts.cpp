#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include <harness/host/local_probe.h>
#include <harness/measure/perf_counters.h>
#include <harness/session/device_backends.h>
#include <harness/session/doctor_facts.h>
#include <harness/store/store.h>

namespace assay::session {
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

}  // namespace

DoctorFacts gather_doctor_facts() {
  const auto counters = measure::PerfCounter::open(measure::CounterEvent::kCycles);
  const Fingerprint fingerprint = host::probe_local();
  const runtime::RuntimeFacts runtime = runtime::read_runtime_facts();
  return {.fingerprint = fingerprint,
          .runtime = runtime,
          .backends = device_backends(fingerprint, runtime).states,
          .sqlite_version = store::sqlite_version(),
          .perf_counters =
              counters.ok() ? "allowed" : fmt::format("not allowed: {}", counters.error().message),
          .adb = find_program("adb")};
}

}  // namespace assay::session
