#include <fmt/format.h>

#include <harness/base/launch.h>
#include <harness/base/program.h>
#include <harness/pipeline/chain_processes.h>

namespace assay::pipeline {
namespace {

PlayRequest request_of(const ChainSuite& suite, const ChainMix& mix, const MixPlan& plan,
                       std::string only) {
  return {.suite = suite.file,
          .mix = fmt::format("{},{},{}", mix.vad, mix.asr, mix.llm),
          .threads = plan.threads,
          .passes = plan.passes,
          .only = std::move(only)};
}

/// What each model of a mix takes alone, summed, above an empty process; 0 when that is unknown.
std::uint64_t measure_parts(const ChainSuite& suite, const ChainMix& mix, const MixPlan& plan,
                            const PlayInProcess& play) {
  std::uint64_t bytes = 0;
  for (const char* stage : {"vad", "asr", "llm"}) {
    const Result<ProcessReport> report = play(request_of(suite, mix, plan, stage));
    if (!report.ok()) {
      return 0;
    }
    bytes += report->peak.vm_hwm_bytes - report->loaded.memory.front().vm_hwm_bytes;
  }
  return bytes;
}

}  // namespace

Result<ProcessReport> play_in_process(const PlayRequest& request) {
  ASSAY_ASSIGN(std::vector<std::string> words, launch_words());
  const std::vector<std::string> asked = play_words(request);
  words.insert(words.end(), asked.begin(), asked.end());
  ProcessReport report;
  Status understood;
  const auto visit = [&](const std::string& line) {
    understood = read_line(line, report);
    return understood.ok();
  };
  ASSAY_ASSIGN(
      const ProgramOutput output,
      run_program(std::move(words), {.visit_line = visit, .process = {.dies_with_parent = true}}));
  ASSAY_TRY(understood);
  if (output.signal != 0) {
    return make_error(ErrorCode::kEngine, "the process died from signal {}: {}", output.signal,
                      output.message());
  }
  if (output.exit_code != 0) {
    return make_error(ErrorCode::kEngine, "the process ended with exit code {}: {}",
                      output.exit_code, output.message());
  }
  return report;
}

std::vector<MixOutcome> play_mixes(const ChainSuite& suite, const MixPlan& plan,
                                   const PlayInProcess& play, const OnProcess& on_process) {
  std::vector<MixOutcome> outcomes;
  for (const ChainMix& mix : plan.mixes) {
    outcomes.push_back({.mix = mix});
  }
  std::vector<std::vector<ProcessReport>> reports(outcomes.size());
  for (std::size_t round = 0; round < plan.processes; ++round) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const std::size_t index = round % 2 == 0 ? i : outcomes.size() - 1 - i;
      MixOutcome& outcome = outcomes[index];
      if (!outcome.reason.empty()) {
        continue;
      }
      on_process(outcome.mix, round);
      Result<ProcessReport> report = play(request_of(suite, outcome.mix, plan, ""));
      if (report.ok()) {
        reports[index].push_back(std::move(*report));
      } else {
        outcome.reason = report.error().message;
      }
    }
  }
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    MixOutcome& outcome = outcomes[i];
    if (outcome.reason.empty()) {
      outcome.summary = summarize_mix(outcome.mix, suite, reports[i], plan.texts);
      outcome.summary->parts_bytes = measure_parts(suite, outcome.mix, plan, play);
    }
  }
  return outcomes;
}

}  // namespace assay::pipeline
