#include <algorithm>

#include <harness/pipeline/chain_summary.h>
#include <harness/stats/quantile.h>

namespace assay::pipeline {
namespace {

constexpr double kConfidence = 0.95;
constexpr double kNsPerMs = 1e6;

/// The passes of a process that count.
bool is_measured(const ProcessReport& report, const PlayedEvent& played) {
  const bool warmed_up = std::any_of(report.played.begin(), report.played.end(),
                                     [](const PlayedEvent& other) { return other.pass > 0; });
  return played.pass > 0 || !warmed_up;
}

void add_times(const HeardSegment& segment, std::map<std::string, std::vector<std::int64_t>>& to) {
  const StageTimes& times = segment.times;
  to["front-end"].push_back(times.front_end_ns);
  to["asr"].push_back(times.front_end_ns + times.asr_ns);
  if (segment.first_token) {
    to["llm"].push_back(times.prompt_ns + times.llm_ns);
    to["chain"].push_back(times.chain_ns);
  }
}

std::map<std::string, std::vector<std::int64_t>> times_of(const ProcessReport& report) {
  std::map<std::string, std::vector<std::int64_t>> times;
  for (const PlayedEvent& played : report.played) {
    if (is_measured(report, played)) {
      auto& vad = times["vad"];
      vad.insert(vad.end(), played.heard.vad_ns.begin(), played.heard.vad_ns.end());
      for (const HeardSegment& segment : played.heard.segments) {
        add_times(segment, times);
      }
    }
  }
  return times;
}

StageSummary summarize_stage(const std::string& stage, StageSamples samples,
                             const std::vector<ChainBudget>& budgets) {
  StageSummary summary{.stage = stage, .samples = std::move(samples)};
  std::vector<double> ms;
  for (const auto& of_process : summary.samples) {
    for (const std::int64_t ns : of_process) {
      ms.push_back(static_cast<double>(ns) / kNsPerMs);
    }
  }
  std::sort(ms.begin(), ms.end());
  summary.count = ms.size();
  summary.p50_ms = stats::quantile_sorted(ms, 0.5);
  summary.p95_ms = stats::quantile_interval(ms, 0.95, kConfidence);
  for (const ChainBudget& budget : budgets) {
    if (budget.stage == stage) {
      summary.budget = budget;
      summary.verdict = judge_budget(summary.p95_ms, budget.p95_ms);
    }
  }
  return summary;
}

std::vector<std::string> texts_of(const HeardClip& heard) {
  std::vector<std::string> texts;
  for (const HeardSegment& segment : heard.segments) {
    texts.push_back(segment.text);
  }
  return texts;
}

ClipSummary summarize_clip(const ChainClip& clip, const std::vector<ProcessReport>& reports,
                           const ReferenceTexts& references) {
  ClipSummary summary{.clip = clip.name};
  bool first = true;
  for (const ProcessReport& report : reports) {
    for (const PlayedEvent& played : report.played) {
      if (played.clip != clip.name) {
        continue;
      }
      std::vector<std::string> texts = texts_of(played.heard);
      if (!first) {
        summary.same_every_time = summary.same_every_time && texts == summary.texts;
        continue;
      }
      first = false;
      summary.texts = std::move(texts);
      for (const HeardSegment& segment : played.heard.segments) {
        summary.first_tokens.push_back(segment.first_token);
      }
    }
  }
  if (const auto reference = references.find(clip.name); reference != references.end()) {
    std::string heard;
    for (const std::string& text : summary.texts) {
      heard += " " + text;
    }
    summary.edits = suites::word_edits(suites::normalize_transcript(reference->second),
                                       suites::normalize_transcript(heard));
  }
  return summary;
}

double median_harness_share(const std::vector<ProcessReport>& reports) {
  std::vector<double> shares;
  for (const ProcessReport& report : reports) {
    for (const PlayedEvent& played : report.played) {
      for (const HeardSegment& segment : played.heard.segments) {
        const StageTimes& times = segment.times;
        if (is_measured(report, played) && segment.first_token && times.chain_ns > 0) {
          shares.push_back(static_cast<double>(times.chain_ns - times.stages_ns()) /
                           static_cast<double>(times.chain_ns));
        }
      }
    }
  }
  std::sort(shares.begin(), shares.end());
  return shares.empty() ? 0 : stats::quantile_sorted(shares, 0.5);
}

}  // namespace

std::string_view budget_verdict_name(BudgetVerdict verdict) {
  switch (verdict) {
    case BudgetVerdict::kMet:
      return "met";
    case BudgetVerdict::kMissed:
      return "missed";
    case BudgetVerdict::kUndecided:
      break;
  }
  return "undecided";
}

BudgetVerdict judge_budget(const stats::QuantileEstimate& p95_ms, double budget_ms) {
  if (p95_ms.interval.high <= budget_ms) {
    return BudgetVerdict::kMet;
  }
  return p95_ms.interval.low > budget_ms ? BudgetVerdict::kMissed : BudgetVerdict::kUndecided;
}

double MixSummary::word_error_rate() const {
  return edits.reference_length == 0
             ? 0
             : static_cast<double>(edits.errors()) / static_cast<double>(edits.reference_length);
}

MixSummary summarize_mix(const ChainMix& mix, const ChainSuite& suite,
                         const std::vector<ProcessReport>& reports, const ReferenceTexts& texts) {
  MixSummary summary{.mix = mix};
  std::map<std::string, StageSamples> samples;
  for (const ProcessReport& report : reports) {
    for (auto& [stage, times] : times_of(report)) {
      samples[stage].push_back(std::move(times));
    }
    summary.peak_bytes = std::max(summary.peak_bytes, report.peak.vm_hwm_bytes);
  }
  const LoadedEvent& loaded = reports.front().loaded;
  summary.model_bytes = loaded.model_bytes;
  summary.delegates = loaded.delegates;
  summary.memory = loaded.memory;
  summary.memory.push_back(reports.front().peak);
  summary.start_bytes = loaded.memory.empty() ? 0 : loaded.memory.front().vm_hwm_bytes;
  for (const std::string& stage : stage_names()) {
    if (const auto found = samples.find(stage); found != samples.end()) {
      summary.stages.push_back(summarize_stage(stage, std::move(found->second), suite.budgets));
    }
  }
  for (const ChainClip& clip : suite.clips) {
    summary.clips.push_back(summarize_clip(clip, reports, texts));
    if (summary.clips.back().edits) {
      summary.edits += *summary.clips.back().edits;
    }
  }
  summary.harness_share = median_harness_share(reports);
  return summary;
}

}  // namespace assay::pipeline
