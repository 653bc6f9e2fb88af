#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reports/run/provenance.h>

namespace assay::reports {
namespace {

std::string words_of(const Fact<std::string>& fact) {
  return fact.words().value_or(std::string(kUnreadable));
}

std::string all_or(const std::vector<std::string>& chosen) {
  return chosen.empty() ? "all" : fmt::format("{}", fmt::join(chosen, ", "));
}

std::string state_words(const RunInfo& run) {
  switch (run.state) {
    case RunState::kRunning:
      return "still running, or ended without a word";
    case RunState::kInterrupted:
      return "interrupted; resume it with: assay run --resume " + run.uuid;
    case RunState::kFinished:
      break;
  }
  return "finished " + run.finished_utc;
}

FactGroup run_facts(const RunInfo& run) {
  FactGroup group{.title = "Run",
                  .facts = {{"uuid", run.uuid},
                            {"started", run.started_utc},
                            {"state", state_words(run)},
                            {"variants", all_or(run.options.variants)},
                            {"cases", all_or(run.options.cases)},
                            {"threads", std::to_string(run.options.threads)},
                            {"seed of the block order", std::to_string(run.options.seed)}}};
  if (run.options.repeat > 0) {
    group.facts.push_back({"executions a cell", std::to_string(run.options.repeat)});
  } else if (run.options.min_time_s > 0) {
    group.facts.push_back({"measured time a cell", fmt::format("{} s", run.options.min_time_s)});
  } else {
    group.facts.push_back({"measured time a cell", "the suite's"});
  }
  if (!run.campaign.empty()) {
    group.facts.push_back({"campaign", run.campaign});
  }
  return group;
}

FactGroup machine_facts(const RunInfo& run) {
  FactGroup group{.title = "Machine and build"};
  for (const auto& [key, value] : to_words(run.fingerprint)) {
    group.facts.push_back({key, value});
  }
  return group;
}

/// Device by name, and what is known of it besides the fingerprint.
FactGroup device_facts(const RunInfo& run) {
  FactGroup group{.title = "Device " + run.options.device};
  for (const auto& [key, value] : run.device_facts) {
    group.facts.push_back({key, value});
  }
  const auto target = run.device_facts.find("target");
  if (target != run.device_facts.end() && target->second.starts_with("adb:")) {
    group.facts.push_back({"not the app",
                           "measured from the shell of adb, which has another scheduler group, "
                           "affinity and priority than an app of this device: compare with runs "
                           "that were measured in the same way"});
  }
  return group;
}

/// The hash of a variant's file, from whichever cell has it.
std::string pte_hash(const BenchCells& bench, std::size_t variant) {
  for (const auto& row : bench.cells) {
    if (row[variant] != nullptr && !row[variant]->worker.pte_sha256.empty()) {
      return row[variant]->worker.pte_sha256;
    }
  }
  return "never loaded";
}

FactGroup model_facts(const RunInfo& run, const BenchCells& bench) {
  FactGroup group{.title = fmt::format("Suite {} and model {}", bench.key.suite, bench.key.model)};
  const auto suite = run.suite_sha256.find(bench.key.suite);
  if (suite != run.suite_sha256.end()) {
    group.facts.push_back({"manifest SHA-256", suite->second});
  }
  const auto weights = run.weights.find(bench.key.model);
  group.facts.push_back({"weights", weights == run.weights.end() ? "not recorded"
                                    : weights->second == "seeded"
                                        ? "seeded, not trained: accuracy is only fidelity to the "
                                          "reference"
                                        : weights->second});
  for (std::size_t v = 0; v < bench.variants.size(); ++v) {
    group.facts.push_back({bench.variants[v] + " .pte SHA-256", pte_hash(bench, v)});
  }
  return group;
}

FactGroup data_facts(const BenchCells& bench) {
  FactGroup group{.title = "Inputs and goldens (SHA-256)"};
  for (std::size_t i = 0; i < bench.cases.size(); ++i) {
    for (const Cell* cell : bench.cells[i]) {
      if (cell != nullptr && !cell->golden_sha256.empty()) {
        group.facts.push_back({bench.cases[i] + " input", cell->input_sha256});
        group.facts.push_back({bench.cases[i] + " golden", cell->golden_sha256});
        break;
      }
    }
  }
  return group;
}

}  // namespace

std::string tool_version(const RunInfo& run) {
  const Fingerprint& tool = run.fingerprint;
  return fmt::format("{} ({}{})", words_of(tool.tool_version), words_of(tool.tool_commit),
                     tool.tool_dirty.value() == true ? ", dirty" : "");
}

std::vector<FactGroup> make_provenance(const RunRecord& run,
                                       const std::vector<BenchCells>& benches) {
  std::vector<FactGroup> groups{run_facts(run.info), machine_facts(run.info)};
  if (!run.info.device_facts.empty()) {
    groups.push_back(device_facts(run.info));
  }
  for (const BenchCells& bench : benches) {
    groups.push_back(model_facts(run.info, bench));
    groups.push_back(data_facts(bench));
  }
  return groups;
}

}  // namespace assay::reports
