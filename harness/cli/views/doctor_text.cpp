#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include <fmt/format.h>

#include <harness/cli/views/doctor_text.h>

namespace assay::cli {
namespace {

struct Section {
  std::string_view title;
  std::vector<std::string_view> keys;
};

/// Every key of a fingerprint, in the order in which a person reads them.
const std::vector<Section>& sections() {
  static const std::vector<Section> all{
      {"build",
       {"tool_version", "tool_commit", "tool_dirty", "build_type", "sanitizers", "compiler",
        "executorch_version"}},
      {"machine",
       {"os", "kernel", "arch", "cpu_model", "cpu_features", "cpu_count", "cpu_affinity", "soc",
        "ram_bytes", "hostname_hash"}},
      {"sensors", {"governor", "cpu_frequency_khz", "temperature_c"}}};
  return all;
}

std::string_view words_of(const FingerprintWords& words, std::string_view key) {
  const auto found = words.find(std::string(key));
  return found == words.end() ? kUnreadable : std::string_view(found->second);
}

/// Whether the build's times are those of a release, as far as it knows.
bool is_for_measuring(const Fingerprint& build) {
  return is_optimized(build.build_type.value().value_or(BuildType::kRelease)) &&
         build.sanitizers.value().value_or(FactList()).empty();
}

std::string line(std::string_view key, std::string_view value) {
  return fmt::format("  {:<20}{}\n", key, value);
}

std::string_view fitness_name(BackendFitness fitness) {
  switch (fitness) {
    case BackendFitness::kReady:
      return "ready";
    case BackendFitness::kUnsuited:
      return "unsuited";
    case BackendFitness::kMissing:
      return "missing";
  }
  return "missing";
}

}  // namespace

std::vector<std::string> advise(const session::DoctorFacts& facts) {
  std::vector<std::string> advice;
  const Fingerprint& machine = facts.fingerprint;
  const auto& backends = facts.runtime.backends;
  if (std::ranges::none_of(backends, [](const runtime::BackendFact& backend) {
        return backend.name == "XnnpackBackend" && backend.available;
      })) {
    advice.emplace_back(
        "XnnpackBackend is not available: models delegated to it will fail to load.");
  }
  if (!is_for_measuring(machine)) {
    advice.emplace_back(
        "This build is for finding bugs; its times mean nothing. Use the release preset.");
  }
  const std::optional<FactList>& governor = machine.governor.value();
  if (governor && *governor != FactList{"performance"}) {
    advice.push_back(
        fmt::format("The CPU governor is '{}'; times vary less with 'performance' "
                    "(cpupower frequency-set -g performance).",
                    fact_words(*governor)));
  }
  if (!machine.temperature_c.value()) {
    advice.emplace_back("No temperature can be read: throttling by heat would go unseen.");
  }
  if (!machine.cpu_frequency_khz.value()) {
    advice.emplace_back(
        "No CPU frequency can be read: a change of clock during a run would go unseen.");
  }
  return advice;
}

std::string format_doctor(const session::DoctorFacts& facts) {
  const FingerprintWords words = to_words(facts.fingerprint);
  std::string text;
  for (const Section& section : sections()) {
    text += fmt::format("{}\n", section.title);
    for (const std::string_view key : section.keys) {
      text += line(key, words_of(words, key));
    }
  }
  text += "runtime\n";
  for (const runtime::BackendFact& backend : facts.runtime.backends) {
    text += line("backend", fmt::format("{}{}", backend.name,
                                        backend.available ? "" : " (registered, not available)"));
  }
  text += line("kernels", std::to_string(facts.runtime.kernels));
  for (const std::string& name : facts.runtime.own_operators) {
    text += line("own_operator", name);
  }
  for (const std::string& name : facts.runtime.missing_operators) {
    text += line("missing_operator", name);
  }
  text += line("default_threads", std::to_string(facts.runtime.default_threads));
  text += "backends of suites\n";
  for (const BackendState& state : facts.backends) {
    text +=
        line(state.name, state.fitness == BackendFitness::kReady
                             ? "ready"
                             : fmt::format("{}: {}", fitness_name(state.fitness), state.reason));
  }
  text += "tools\n";
  text += line("sqlite", facts.sqlite_version);
  text += line("perf_counters", facts.perf_counters);
  text += line("adb", facts.adb);
  for (const std::string& sentence : advise(facts)) {
    text += fmt::format("note: {}\n", sentence);
  }
  return text;
}

std::string doctor_json(const session::DoctorFacts& facts) {
  nlohmann::json backends = nlohmann::json::array();
  for (const runtime::BackendFact& backend : facts.runtime.backends) {
    backends.push_back({{"name", backend.name}, {"available", backend.available}});
  }
  nlohmann::json states = nlohmann::json::array();
  for (const BackendState& state : facts.backends) {
    states.push_back(
        {{"name", state.name}, {"fitness", fitness_name(state.fitness)}, {"reason", state.reason}});
  }
  const nlohmann::json object{{"machine", to_words(facts.fingerprint)},
                              {"runtime",
                               {{"backends", backends},
                                {"kernels", facts.runtime.kernels},
                                {"own_operators", facts.runtime.own_operators},
                                {"missing_operators", facts.runtime.missing_operators},
                                {"default_threads", facts.runtime.default_threads}}},
                              {"backends", states},
                              {"tools",
                               {{"sqlite", facts.sqlite_version},
                                {"perf_counters", facts.perf_counters},
                                {"adb", facts.adb}}},
                              {"advice", advise(facts)}};
  return object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace assay::cli
