#include <nlohmann/json.hpp>

#include <harness/base/json_number.h>
#include <harness/model/cell.h>
#include <reports/chain/chain_renderers.h>

namespace assay::reports {
namespace {

using nlohmann::ordered_json;
using pipeline::ClipSummary;
using pipeline::MixSummary;
using pipeline::StageSummary;

ordered_json stage_json(const StageSummary& stage) {
  ordered_json value{{"stage", stage.stage},
                     {"samples", stage.count},
                     {"p50_ms", number_to_json(stage.p50_ms)},
                     {"p95_ms", number_to_json(stage.p95_ms.value)},
                     {"p95_low_ms", number_to_json(stage.p95_ms.interval.low)},
                     {"p95_high_ms", number_to_json(stage.p95_ms.interval.high)}};
  if (stage.budget) {
    value["budget_ms"] = number_to_json(stage.budget->p95_ms);
    value["verdict"] = pipeline::budget_verdict_name(stage.verdict);
  }
  return value;
}

ordered_json clip_json(const ClipSummary& clip) {
  ordered_json value{{"clip", clip.clip}, {"texts", clip.texts}};
  ordered_json tokens = ordered_json::array();
  for (const auto& token : clip.first_tokens) {
    tokens.push_back(token ? ordered_json(*token) : ordered_json(nullptr));
  }
  value["first_tokens"] = std::move(tokens);
  if (clip.edits) {
    value["words"] = clip.edits->reference_length;
    value["word_errors"] = clip.edits->errors();
  }
  value["same_every_time"] = clip.same_every_time;
  return value;
}

}  // namespace

std::string render_chain_json(const pipeline::ChainSuite& suite,
                              const std::vector<pipeline::MixOutcome>& outcomes) {
  ordered_json mixes = ordered_json::array();
  for (const pipeline::MixOutcome& outcome : outcomes) {
    const pipeline::ChainMix& mix = outcome.mix;
    ordered_json value{{"mix", mix.name}, {"vad", mix.vad}, {"asr", mix.asr}, {"llm", mix.llm}};
    if (!outcome.summary) {
      value["status"] = cell_status_name(outcome.failure);
      value["reason"] = outcome.reason;
      mixes.push_back(std::move(value));
      continue;
    }
    const MixSummary& summary = *outcome.summary;
    value["model_bytes"] = summary.model_bytes;
    value["memory_bytes"] = summary.peak_bytes - summary.start_bytes;
    value["parts_bytes"] = summary.parts_bytes;
    value["harness_share"] = number_to_json(summary.harness_share);
    if (summary.edits.reference_length > 0) {
      value["wer"] = number_to_json(summary.word_error_rate());
    }
    value["stages"] = ordered_json::array();
    for (const StageSummary& stage : summary.stages) {
      value["stages"].push_back(stage_json(stage));
    }
    value["clips"] = ordered_json::array();
    for (const ClipSummary& clip : summary.clips) {
      value["clips"].push_back(clip_json(clip));
    }
    mixes.push_back(std::move(value));
  }
  return ordered_json{{"suite", suite.name}, {"mixes", mixes}}.dump(2) + "\n";
}

}  // namespace assay::reports
