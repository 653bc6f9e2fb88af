#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reports/canvas/format.h>
#include <reports/canvas/text_table.h>
#include <reports/chain/chain_renderers.h>

namespace assay::reports {
namespace {

using pipeline::ClipSummary;
using pipeline::MixSummary;
using pipeline::StageSummary;

constexpr std::size_t kBarWidth = 60;

std::string interval_text(const stats::Interval& interval) {
  const auto end = [](double ms) {
    return std::isfinite(ms) ? fmt::format("{:.3g}", ms) : std::string("?");
  };
  return fmt::format("{} to {}", end(interval.low), end(interval.high));
}

std::string stage_table(const MixSummary& mix) {
  Table table{.columns = {{"stage"},
                          {"samples", ColumnKind::kNumber},
                          {"p50 ms", ColumnKind::kNumber},
                          {"p95 ms", ColumnKind::kNumber},
                          {"95 % interval", ColumnKind::kNumber},
                          {"budget ms", ColumnKind::kNumber},
                          {"budget", ColumnKind::kVerdict},
                          {"which says"}}};
  for (const StageSummary& stage : mix.stages) {
    table.rows.push_back(
        {stage.stage, format_count(stage.count), fmt::format("{:.3g}", stage.p50_ms),
         fmt::format("{:.3g}", stage.p95_ms.value), interval_text(stage.p95_ms.interval),
         stage.budget ? fmt::format("{:g}", stage.budget->p95_ms) : "",
         stage.budget ? std::string(pipeline::budget_verdict_name(stage.verdict)) : "",
         stage.budget ? stage.budget->why : ""});
  }
  return render_text_table(table);
}

double median_of(const MixSummary& mix, std::string_view name) {
  const auto found = std::find_if(mix.stages.begin(), mix.stages.end(),
                                  [&](const StageSummary& stage) { return stage.stage == name; });
  return found == mix.stages.end() ? 0 : found->p50_ms;
}

/// The median answer as one bar: a letter a stage, as long as its share.
std::string waterfall(const MixSummary& mix) {
  struct Part {
    char letter;
    const char* name;
    double ms;
  };
  const double front_end = median_of(mix, "front-end");
  const std::array<Part, 4> parts{{{'v', "vad chunk", median_of(mix, "vad")},
                                   {'m', "mel", front_end},
                                   {'a', "asr", median_of(mix, "asr") - front_end},
                                   {'l', "llm", median_of(mix, "llm")}}};
  const double chain = median_of(mix, "chain");
  if (chain <= 0) {
    return "";
  }
  std::string bar;
  std::vector<std::string> legend;
  for (const Part& part : parts) {
    const double share = part.ms / chain;
    bar.append(static_cast<std::size_t>(std::lround(share * kBarWidth)), part.letter);
    legend.push_back(fmt::format("{} {} {:.3g} ms", part.letter, part.name, part.ms));
  }
  return fmt::format("answer |{:<{}}| {:.3g} ms\n        {}\n", bar, kBarWidth, chain,
                     fmt::join(legend, ", "));
}

std::string words_text(const MixSummary& mix) {
  const suites::EditCounts& edits = mix.edits;
  if (edits.reference_length == 0) {
    return "";
  }
  return fmt::format("words: {} of {} wrong, WER {} ({} substituted, {} deleted, {} inserted)\n",
                     edits.errors(), edits.reference_length, format_percent(mix.word_error_rate()),
                     edits.substitutions, edits.deletions, edits.insertions);
}

std::string clip_text(const ClipSummary& clip) {
  const auto answered =
      static_cast<std::size_t>(std::count_if(clip.first_tokens.begin(), clip.first_tokens.end(),
                                             [](const auto& token) { return token.has_value(); }));
  std::string text = fmt::format("clip {}: ", clip.clip);
  if (clip.texts.empty()) {
    text += "no speech found, the language model was not called\n";
  } else if (answered == 0) {
    text += fmt::format("{} segments without a word, the language model was not called\n",
                        clip.texts.size());
  } else {
    text += fmt::format("{} segments, {} answered", clip.texts.size(), answered);
    text += clip.edits ? fmt::format(", {} of {} words wrong\n", clip.edits->errors(),
                                     clip.edits->reference_length)
                       : "\n";
  }
  if (!clip.same_every_time) {
    text += "  Warning: not every pass understood the same\n";
  }
  return text;
}

std::string memory_text(const MixSummary& mix) {
  const double together = static_cast<double>(mix.peak_bytes - mix.start_bytes);
  std::string text =
      fmt::format("models {}, memory {} above that of the empty process",
                  format_bytes(static_cast<double>(mix.model_bytes)), format_bytes(together));
  if (mix.parts_bytes > 0) {
    text += fmt::format(", {:.2f} x the sum of the models alone ({})",
                        together / static_cast<double>(mix.parts_bytes),
                        format_bytes(static_cast<double>(mix.parts_bytes)));
  }
  return text + fmt::format("; the harness takes {:.2g} % of an answer\n", 100 * mix.harness_share);
}

/// How many clips two mixes understood alike.
std::size_t same_texts(const MixSummary& a, const MixSummary& b) {
  std::size_t same = 0;
  for (std::size_t i = 0; i < std::min(a.clips.size(), b.clips.size()); ++i) {
    same += a.clips[i].texts == b.clips[i].texts ? 1U : 0U;
  }
  return same;
}

std::string grid_table(const std::vector<pipeline::MixOutcome>& outcomes) {
  Table table{.columns = {{"mix"},
                          {"models", ColumnKind::kNumber},
                          {"answer p50 ms", ColumnKind::kNumber},
                          {"answer p95 ms", ColumnKind::kNumber},
                          {"WER", ColumnKind::kNumber},
                          {"clips heard as " + outcomes.front().mix.name, ColumnKind::kNumber}}};
  for (const pipeline::MixOutcome& outcome : outcomes) {
    if (!outcome.summary) {
      table.rows.push_back({outcome.mix.name, "-", "-", "-", "-", "-"});
      continue;
    }
    const MixSummary& mix = *outcome.summary;
    const auto chain = std::find_if(mix.stages.begin(), mix.stages.end(),
                                    [](const StageSummary& one) { return one.stage == "chain"; });
    const bool answered = chain != mix.stages.end();
    table.rows.push_back(
        {mix.mix.name, format_bytes(static_cast<double>(mix.model_bytes)),
         answered ? fmt::format("{:.3g}", chain->p50_ms) : "-",
         answered ? fmt::format("{:.3g}", chain->p95_ms.value) : "-",
         mix.edits.reference_length == 0 ? "-" : format_percent(mix.word_error_rate()),
         outcomes.front().summary
             ? fmt::format("{} of {}", same_texts(*outcomes.front().summary, mix), mix.clips.size())
             : "-"});
  }
  return render_text_table(table);
}

}  // namespace

std::string render_chain_text(const pipeline::ChainSuite& suite,
                              const std::vector<pipeline::MixOutcome>& outcomes) {
  std::string text = fmt::format("{}: {}\n", suite.name, printable(suite.description));
  for (const pipeline::MixOutcome& outcome : outcomes) {
    const pipeline::ChainMix& mix = outcome.mix;
    text += fmt::format("\nmix {}: vad {}, asr {}, llm {}\n", mix.name, mix.vad, mix.asr, mix.llm);
    if (!outcome.summary) {
      text +=
          fmt::format("  {}: {}\n", cell_status_name(outcome.failure), printable(outcome.reason));
      continue;
    }
    text += stage_table(*outcome.summary) + waterfall(*outcome.summary);
    text += words_text(*outcome.summary);
    for (const ClipSummary& clip : outcome.summary->clips) {
      text += clip_text(clip);
    }
    text += memory_text(*outcome.summary);
  }
  if (outcomes.size() > 1) {
    text += "\nAll mixes\n" + grid_table(outcomes);
  }
  return text;
}

}  // namespace assay::reports
