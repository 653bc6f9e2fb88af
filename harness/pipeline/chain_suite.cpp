#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <harness/base/json.h>
#include <harness/pipeline/chain_suite.h>
#include <suites/manifest/manifest_fields.h>

namespace assay::pipeline {
namespace {

constexpr std::size_t kSamplesPerMs = 16;  // all stages hear 16 kHz
constexpr double kLongestMs = 60'000;
constexpr std::int64_t kMaxUtterances = 100'000;

Result<std::size_t> read_ms(const JsonValue& object, std::string_view key, std::size_t otherwise) {
  const auto value = object.find(key);
  if (!value) {
    return otherwise;
  }
  ASSAY_ASSIGN(const double ms, suites::read_positive(*value, kLongestMs));
  return static_cast<std::size_t>(std::lround(ms * kSamplesPerMs));
}

Result<double> read_share(const JsonValue& object, std::string_view key, double otherwise) {
  const auto value = object.find(key);
  if (!value) {
    return otherwise;
  }
  ASSAY_ASSIGN(const double share, value->as_number());
  if (share < 0 || share > 1) {
    return value->error("must be from 0 to 1, not " + value->shown());
  }
  return share;
}

Result<EndpointRule> read_endpoint(const JsonValue& root) {
  EndpointRule rule;
  const auto value = root.find("endpointing");
  if (!value) {
    return rule;
  }
  ASSAY_TRY(value->expect_object(
      {"threshold", "hysteresis", "min_speech_ms", "min_silence_ms", "padding_ms"}));
  ASSAY_ASSIGN(rule.threshold, read_share(*value, "threshold", rule.threshold));
  ASSAY_ASSIGN(rule.hysteresis, read_share(*value, "hysteresis", rule.hysteresis));
  ASSAY_ASSIGN(rule.min_speech, read_ms(*value, "min_speech_ms", rule.min_speech));
  ASSAY_ASSIGN(rule.min_silence, read_ms(*value, "min_silence_ms", rule.min_silence));
  ASSAY_ASSIGN(rule.padding, read_ms(*value, "padding_ms", rule.padding));
  return rule;
}

Status read_stages(const JsonValue& root, const std::filesystem::path& folder, ChainSuite& suite) {
  ASSAY_ASSIGN(const JsonValue stages, root.require("stages"));
  ASSAY_TRY(stages.expect_object({"vad", "asr", "llm"}));
  const auto suite_of = [&](std::string_view key) -> Result<std::filesystem::path> {
    ASSAY_ASSIGN(const JsonValue stage, stages.require(key));
    if (key == "llm") {
      ASSAY_TRY(stage.expect_object({"suite", "before", "after"}));
    } else {
      ASSAY_TRY(stage.expect_object({"suite"}));
    }
    return suites::read_required_path(stage, "suite", folder);
  };
  ASSAY_ASSIGN(suite.vad_suite, suite_of("vad"));
  ASSAY_ASSIGN(suite.asr_suite, suite_of("asr"));
  ASSAY_ASSIGN(suite.llm_suite, suite_of("llm"));
  ASSAY_ASSIGN(const JsonValue llm, stages.require("llm"));
  ASSAY_ASSIGN(suite.prompt_before, suites::read_optional_text(llm, "before"));
  ASSAY_ASSIGN(suite.prompt_after, suites::read_optional_text(llm, "after"));
  return {};
}

Result<ChainMix> read_mix(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"name", "vad", "asr", "llm"}));
  ChainMix mix;
  ASSAY_ASSIGN(mix.name, suites::read_name(value));
  ASSAY_ASSIGN(mix.vad, suites::read_name(value, "vad"));
  ASSAY_ASSIGN(mix.asr, suites::read_name(value, "asr"));
  ASSAY_ASSIGN(mix.llm, suites::read_name(value, "llm"));
  return mix;
}

Result<ChainClip> read_clip(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(
      value.expect_object({"name", "utterances", "first", "count", "gap_ms", "noise", "wav"}));
  ChainClip clip;
  ASSAY_ASSIGN(clip.name, suites::read_name(value));
  if (value.find("utterances").has_value() == value.find("wav").has_value()) {
    return value.error("needs either 'utterances' or 'wav'");
  }
  if (value.find("wav")) {
    ASSAY_TRY(value.expect_object({"name", "wav", "noise"}));
    ASSAY_ASSIGN(clip.audio.wav, suites::read_required_path(value, "wav", folder));
  } else {
    ASSAY_ASSIGN(clip.audio.utterances, suites::read_required_path(value, "utterances", folder));
    ASSAY_ASSIGN(clip.first, suites::read_count(value, "first", 0, kMaxUtterances));
    ASSAY_ASSIGN(clip.count, suites::read_count(value, "count", 1, kMaxUtterances));
    ASSAY_ASSIGN(clip.gap_samples, read_ms(value, "gap_ms", 0));
  }
  if (const auto noise = value.find("noise")) {
    ASSAY_ASSIGN(clip.audio.noise, suites::read_noise(*noise, folder));
  }
  return clip;
}

Result<ChainBudget> read_budget(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"stage", "p95_ms", "why"}));
  ChainBudget budget;
  ASSAY_ASSIGN(const JsonValue stage, value.require("stage"));
  ASSAY_ASSIGN(budget.stage, stage.as_text());
  const auto& known = stage_names();
  if (std::find(known.begin(), known.end(), budget.stage) == known.end()) {
    return stage.error(
        fmt::format("unknown stage '{}'; known are {}", budget.stage, fmt::join(known, ", ")));
  }
  ASSAY_ASSIGN(const JsonValue p95_ms, value.require("p95_ms"));
  ASSAY_ASSIGN(budget.p95_ms, suites::read_positive(p95_ms, kLongestMs));
  ASSAY_ASSIGN(budget.why, suites::read_optional_text(value, "why"));
  return budget;
}

/// The elements of a list, each by `read`; those with a name that came before are refused.
template <typename T, typename Read>
Result<std::vector<T>> read_list(const JsonValue& root, std::string_view key, const Read& read) {
  ASSAY_ASSIGN(const JsonValue list, root.require(key));
  ASSAY_ASSIGN(const auto values, list.as_nonempty_list());
  std::vector<T> items;
  for (const JsonValue& value : values) {
    ASSAY_ASSIGN(T item, read(value));
    if constexpr (requires { item.name; }) {
      const auto same = [&](const T& other) { return other.name == item.name; };
      if (std::any_of(items.begin(), items.end(), same)) {
        return value.error(fmt::format("the name '{}' is there twice", item.name));
      }
    }
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

const std::vector<std::string>& stage_names() {
  static const std::vector<std::string> names{"vad", "front-end", "asr", "llm", "chain"};
  return names;
}

Result<ChainSuite> parse_chain_suite(std::string_view text, const std::filesystem::path& file) {
  ASSAY_ASSIGN(const JsonValue root,
               JsonValue::parse(text, file.filename().string(), ErrorCode::kUsage));
  // First of all, because every other suite has other keys.
  ASSAY_TRY(root.expect_object());
  ASSAY_ASSIGN(const JsonValue task, root.require("task"));
  ASSAY_ASSIGN(const std::string task_name, task.as_text());
  if (task_name != "pipeline") {
    return task.error(fmt::format(
        "is '{}', not 'pipeline': this suite is for `assay run`, not `assay pipeline`", task_name));
  }
  ASSAY_TRY(root.expect_object({"version", "name", "description", "task", "stages", "endpointing",
                                "mixes", "clips", "budgets", "max_model_bytes"}));
  ASSAY_ASSIGN(const JsonValue version, root.require("version"));
  ASSAY_TRY(version.as_integer(1, 1));
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  ChainSuite suite{.file = file, .sha256 = sha256_hex(std::as_bytes(std::span(text)))};
  ASSAY_ASSIGN(suite.name, suites::read_name(root));
  ASSAY_ASSIGN(suite.description, suites::read_optional_text(root, "description"));
  ASSAY_TRY(read_stages(root, folder, suite));
  ASSAY_ASSIGN(suite.endpoint, read_endpoint(root));
  ASSAY_ASSIGN(suite.mixes, read_list<ChainMix>(root, "mixes", read_mix));
  ASSAY_ASSIGN(suite.clips, read_list<ChainClip>(root, "clips", [&](const JsonValue& value) {
                 return read_clip(value, folder);
               }));
  if (root.find("budgets")) {
    ASSAY_ASSIGN(suite.budgets, read_list<ChainBudget>(root, "budgets", read_budget));
  }
  if (root.find("max_model_bytes")) {
    ASSAY_ASSIGN(suite.max_model_bytes,
                 suites::read_count(root, "max_model_bytes", 1, std::int64_t{1} << 50));
  }
  return suite;
}

Result<ChainSuite> load_chain_suite(const std::filesystem::path& file) {
  ASSAY_ASSIGN(const std::string text, read_text_file(file));
  return parse_chain_suite(text, file);
}

}  // namespace assay::pipeline
