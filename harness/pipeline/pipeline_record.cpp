#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include <harness/base/clock.h>
#include <harness/measure/latency_summary.h>
#include <harness/model/backend.h>
#include <harness/pipeline/chain_events.h>
#include <harness/pipeline/pipeline_record.h>

namespace assay::pipeline {
namespace {

constexpr auto kModel = "voice-chain";

using pipeline::BudgetVerdict;
using pipeline::MixSummary;
using pipeline::StageSummary;

bool too_large(const MixSummary& summary, const pipeline::ChainSuite& suite) {
  return suite.max_model_bytes > 0 && summary.model_bytes > suite.max_model_bytes;
}

void add_budget(const StageSummary& stage, std::vector<Score>& scores) {
  if (!stage.budget) {
    return;
  }
  scores.push_back({.metric = "budget_p95_ms",
                    .value = stage.p95_ms.value,
                    .min = {},
                    .max = stage.budget->p95_ms,
                    .pass = stage.verdict != BudgetVerdict::kMissed});
  if (std::isfinite(stage.p95_ms.interval.low)) {
    scores.push_back({.metric = "budget_p95_low_ms", .value = stage.p95_ms.interval.low});
  }
  if (std::isfinite(stage.p95_ms.interval.high)) {
    scores.push_back({.metric = "budget_p95_high_ms", .value = stage.p95_ms.interval.high});
  }
}

void add_words(const MixSummary& summary, std::vector<Score>& scores) {
  const suites::EditCounts& edits = summary.edits;
  if (edits.reference_length == 0) {
    return;
  }
  const auto rate = [&](const char* metric, std::size_t count) {
    scores.push_back(
        {.metric = metric,
         .value = static_cast<double>(count) / static_cast<double>(edits.reference_length)});
  };
  rate("wer", edits.errors());
  rate("wer_substitutions", edits.substitutions);
  rate("wer_deletions", edits.deletions);
  rate("wer_insertions", edits.insertions);
}

void add_memory(const MixSummary& summary, std::vector<Score>& scores) {
  scores.push_back({.metric = "chain_memory_bytes",
                    .value = static_cast<double>(summary.peak_bytes - summary.start_bytes)});
  if (summary.parts_bytes > 0) {
    scores.push_back(
        {.metric = "chain_parts_bytes", .value = static_cast<double>(summary.parts_bytes)});
  }
}

WorkerRecord worker_of(const MixSummary& summary, int threads) {
  WorkerRecord worker{.variant = summary.mix.name, .threads = threads};
  worker.pte_bytes = summary.model_bytes;
  worker.memory = summary.memory;
  return worker;
}

/// Figures of memory, as of one model: loaded when the last stage's is, steady at the end. The
/// times of loading are of three models, and not recorded.
std::vector<Score> summarize_chain_worker(WorkerRecord worker) {
  for (MemorySnapshot& snapshot : worker.memory) {
    if (snapshot.phase == loaded_phase("llm")) {
      snapshot.phase = "method_load";
    } else if (snapshot.phase == kEndPhase) {
      snapshot.phase = "steady";
    }
  }
  std::vector<Score> scores = measure::summarize_worker(worker);
  std::erase_if(scores, [](const Score& score) { return score.value <= 0; });
  return scores;
}

/// The delegates of each stage: those that its method uses, or for a mix that failed, those that it
/// was lowered for.
std::map<std::string, std::vector<std::string>> stage_delegates(const ChainModels& models,
                                                                const MixOutcome& outcome) {
  if (outcome.summary && !outcome.summary->delegates.empty()) {
    return outcome.summary->delegates;
  }
  std::map<std::string, std::vector<std::string>> wanted;
  if (const auto variants = find_variants(models, outcome.mix); variants.ok()) {
    wanted["vad"] = {std::string(delegate_id(variants->vad.backend))};
    wanted["asr"] = {std::string(delegate_id(variants->asr.backend))};
    wanted["llm"] = {std::string(delegate_id(variants->llm.backend))};
  }
  return wanted;
}

/// The backends of a mix's models, as one word for all of its cells: a chain is one thing that is
/// measured, and its stages are read side by side. Each stage's own are in its worker record.
std::string mix_backend(const ChainModels& models, const MixOutcome& outcome) {
  std::vector<std::string> all;
  for (const auto& [stage, delegates] : stage_delegates(models, outcome)) {
    all.insert(all.end(), delegates.begin(), delegates.end());
    if (delegates.empty()) {
      all.emplace_back();  // kernels without a delegate are a backend, too
    }
  }
  return backend_of_delegates(all);
}

std::vector<SampleBlock> blocks_of(const pipeline::StageSamples& samples) {
  std::vector<SampleBlock> blocks;
  for (std::size_t process = 0; process < samples.size(); ++process) {
    SampleBlock& block = blocks.emplace_back();
    block.order = static_cast<std::int64_t>(process);
    block.pair = static_cast<std::int64_t>(process);
    block.latency_ns = samples[process];
  }
  return blocks;
}

Cell stage_cell(const CellKey& key, const StageSummary& stage, const MixSummary& summary,
                const pipeline::ChainSuite& suite) {
  Cell cell{.key = key, .status = CellStatus::kPass};
  cell.worker = worker_of(summary, key.threads);
  if (const auto used = summary.delegates.find(stage.stage); used != summary.delegates.end()) {
    cell.worker.backends = used->second;
  }
  cell.blocks = blocks_of(stage.samples);
  cell.scores = measure::summarize_latency(cell, 1);
  std::ranges::move(summarize_chain_worker(cell.worker), std::back_inserter(cell.scores));
  add_budget(stage, cell.scores);
  if (stage.stage == "asr") {
    add_words(summary, cell.scores);
  }
  if (stage.stage == "chain") {
    cell.scores.push_back({.metric = "chain_harness_share", .value = summary.harness_share});
    cell.scores.push_back({.metric = "chain_segments", .value = static_cast<double>(stage.count)});
    add_memory(summary, cell.scores);
  }
  if (stage.budget && stage.verdict == BudgetVerdict::kMissed) {
    cell.status = CellStatus::kFail;
    cell.stage = "score";
    cell.reason = fmt::format("budget missed: P95 {:.3g} ms (at least {:.3g}) is above {:g} ms",
                              stage.p95_ms.value, stage.p95_ms.interval.low, stage.budget->p95_ms);
  } else if (stage.stage == "chain" && too_large(summary, suite)) {
    cell.status = CellStatus::kFail;
    cell.stage = "score";
    cell.reason = fmt::format("the models have {} bytes, more than the {} of the budget",
                              summary.model_bytes, suite.max_model_bytes);
  }
  return cell;
}

/// What came of one stage of a mix.
Cell outcome_cell(const CellKey& key, const MixOutcome& outcome,
                  const pipeline::ChainSuite& suite) {
  if (!outcome.summary) {
    return {.key = key, .status = outcome.failure, .stage = "timing", .reason = outcome.reason};
  }
  const auto& stages = outcome.summary->stages;
  const auto found = std::ranges::find(stages, key.case_name, &StageSummary::stage);
  if (found == stages.end()) {
    return {.key = key,
            .status = CellStatus::kSkipped,
            .stage = "timing",
            .reason = "no speech with words was found, so it was not called"};
  }
  return stage_cell(key, *found, *outcome.summary, suite);
}

}  // namespace

bool all_passed(const std::vector<MixOutcome>& outcomes, const pipeline::ChainSuite& suite) {
  return std::all_of(outcomes.begin(), outcomes.end(), [&](const MixOutcome& outcome) {
    return outcome.summary && !too_large(*outcome.summary, suite) &&
           std::none_of(outcome.summary->stages.begin(), outcome.summary->stages.end(),
                        [](const StageSummary& stage) {
                          return stage.budget && stage.verdict == BudgetVerdict::kMissed;
                        });
  });
}

RunRecord make_chain_run(RunInfo info, const pipeline::ChainSuite& suite,
                         const pipeline::ChainModels& models,
                         const std::vector<MixOutcome>& outcomes, int threads) {
  RunRecord run{.info = std::move(info)};
  run.info.finished_utc = SystemClock().utc_now();
  run.info.state = RunState::kFinished;
  run.info.options.suites = {std::filesystem::absolute(suite.file).string()};
  run.info.options.threads = threads;
  run.info.suite_sha256[suite.name] = suite.sha256;
  const bool trained = models.vad.model.weights == WeightsKind::kTrained &&
                       models.asr.model.weights == WeightsKind::kTrained &&
                       models.llm.model.weights == WeightsKind::kTrained;
  run.info.weights[kModel] = trained ? "trained" : "seeded";
  for (const MixOutcome& outcome : outcomes) {
    const pipeline::ChainMix& mix = outcome.mix;
    run.info.recipes[std::string(kModel) + "/" + mix.name] =
        fmt::format("{} {}, {} {}, {} {}", models.vad.model.name, mix.vad, models.asr.model.name,
                    mix.asr, models.llm.model.name, mix.llm);
    const std::string backend = mix_backend(models, outcome);
    for (const std::string& stage : pipeline::stage_names()) {
      run.cells.push_back(outcome_cell({.suite = suite.name,
                                        .case_name = stage,
                                        .model = kModel,
                                        .variant = mix.name,
                                        .backend = backend,
                                        .threads = threads,
                                        .device = "local"},
                                       outcome, suite));
    }
  }
  return run;
}

}  // namespace assay::pipeline
