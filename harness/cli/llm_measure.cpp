#include <algorithm>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>

#include <fmt/format.h>

#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/base/json.h>
#include <harness/cli/llm_measure.h>
#include <runtime/executorch_engine.h>

namespace assay::cli {
namespace {

using Json = nlohmann::ordered_json;
using Tokens = std::span<const std::int32_t>;

constexpr int kFormatVersion = 1;
constexpr std::size_t kMost = 1'000'000'000;  ///< of a count on the command line; sums of two fit

struct MeasureFlags {
  std::filesystem::path model;
  std::filesystem::path tokens;
  std::filesystem::path logits;  ///< empty: not wanted
  std::string format = "json";
  int threads = 1;
  LlmMeasurePlan plan;
};

Result<std::int64_t> time_feed(generate::LanguageModel& model, Tokens tokens,
                               std::size_t position) {
  const std::int64_t begin = now_ns();
  ASSAY_TRY(model.feed(tokens, position));
  return now_ns() - begin;
}

/// The caches of processor and allocator, and the weights that are paged in on first use.
Status warm_up(generate::LanguageModel& model, Tokens tokens, const LlmMeasurePlan& plan) {
  for (const std::size_t length : plan.prefill) {
    ASSAY_TRY(model.feed(tokens.first(length), 0));
  }
  if (!plan.decode_at.empty()) {
    ASSAY_TRY(model.feed(tokens.first(1), 0));
  }
  return {};
}

Result<std::vector<std::int64_t>> time_decode(generate::LanguageModel& model, Tokens tokens,
                                              std::size_t depth, std::size_t count) {
  if (depth > 0) {
    ASSAY_TRY(model.feed(tokens.first(depth), 0));
  }
  std::vector<std::int64_t> latencies;
  for (std::size_t position = depth; position < depth + count; ++position) {
    ASSAY_ASSIGN(const std::int64_t latency,
                 time_feed(model, tokens.subspan(position, 1), position));
    latencies.push_back(latency);
  }
  return latencies;
}

Status check_positions(std::size_t needed, const std::string& what, std::size_t tokens,
                       std::size_t max_positions) {
  if (needed > tokens) {
    return make_error(ErrorCode::kUsage, "{} needs {} tokens; the file has {}", what, needed,
                      tokens);
  }
  if (needed > max_positions) {
    return make_error(ErrorCode::kUsage,
                      "{} needs {} positions; the model's cache has {}; export with a larger "
                      "--max_seq_len",
                      what, needed, max_positions);
  }
  return {};
}

Json to_json(const MeasureFlags& options, std::size_t tokens, const generate::LanguageModel& model,
             const LlmMeasurement& measured) {
  Json prefill = Json::array();
  for (const auto& [length, latency_ns] : measured.prefill) {
    prefill.push_back({{"tokens", length}, {"latency_ns", latency_ns}});
  }
  Json decode = Json::array();
  for (const auto& [depth, latency_ns] : measured.decode) {
    decode.push_back({{"depth", depth}, {"latency_ns", latency_ns}});
  }
  return {{"format", "assay-llm-measure"},
          {"version", kFormatVersion},
          {"threads", options.threads},
          {"tokens", tokens},
          {"vocab_size", model.vocab_size()},
          {"max_positions", model.max_positions()},
          {"program_load_ns", model.load_times().program_ns},
          {"method_load_ns", model.load_times().method_ns},
          {"prefill", std::move(prefill)},
          {"decode", std::move(decode)}};
}

Result<int> measure(const MeasureFlags& options) {
  ASSAY_ASSIGN(const std::string text, read_text_file(options.tokens));
  ASSAY_ASSIGN(const auto tokens, parse_token_ids(text, options.tokens.string()));
  const auto engine = runtime::make_executorch_engine();
  ASSAY_ASSIGN(auto model, generate::LanguageModel::load(
                               *engine, {.pte = options.model, .threads = options.threads}));
  // All of them before the first measurement: an id that is wrong would be found at its turn only.
  const auto outside = std::find_if(tokens.begin(), tokens.end(), [&](std::int32_t token) {
    return static_cast<std::size_t>(token) >= model.vocab_size();
  });
  if (outside != tokens.end()) {
    return make_error(
        ErrorCode::kUsage, "{}: /{}: token id {} is outside the model's vocabulary of {}",
        options.tokens.string(), outside - tokens.begin(), *outside, model.vocab_size());
  }
  if (!options.logits.empty()) {
    ASSAY_TRY(check_positions(tokens.size(), "--logits", tokens.size(), model.max_positions()));
  }
  ASSAY_ASSIGN(const LlmMeasurement measured, measure_language_model(model, tokens, options.plan));
  if (!options.logits.empty()) {
    ASSAY_ASSIGN(const std::string logits, all_logits(model, tokens));
    ASSAY_TRY(write_file_atomically(options.logits, logits));
  }
  fmt::print("{}\n", to_json(options, tokens.size(), model, measured).dump());
  return kOk;
}

}  // namespace

Result<std::vector<std::int32_t>> parse_token_ids(std::string_view text, const std::string& name) {
  ASSAY_ASSIGN(const JsonValue document, JsonValue::parse(text, name, ErrorCode::kUsage));
  ASSAY_ASSIGN(const auto list, document.as_nonempty_list());
  std::vector<std::int32_t> tokens;
  for (const JsonValue& value : list) {
    ASSAY_ASSIGN(const std::int64_t id,
                 value.as_integer(0, std::numeric_limits<std::int32_t>::max()));
    tokens.push_back(static_cast<std::int32_t>(id));
  }
  return tokens;
}

Status check_plan(const LlmMeasurePlan& plan, std::size_t tokens, std::size_t max_positions) {
  for (const std::size_t length : plan.prefill) {
    ASSAY_TRY(check_positions(length, fmt::format("--prefill {}", length), tokens, max_positions));
  }
  for (const std::size_t depth : plan.decode_at) {
    const std::string what =
        fmt::format("--decode-at {} with --decode-tokens {}", depth, plan.decode_tokens);
    ASSAY_TRY(check_positions(depth + plan.decode_tokens, what, tokens, max_positions));
  }
  return {};
}

Result<LlmMeasurement> measure_language_model(generate::LanguageModel& model,
                                              const std::vector<std::int32_t>& tokens,
                                              const LlmMeasurePlan& plan) {
  ASSAY_TRY(check_plan(plan, tokens.size(), model.max_positions()));
  const Tokens all(tokens);
  ASSAY_TRY(warm_up(model, all, plan));
  LlmMeasurement measured;
  for (const std::size_t length : plan.prefill) {
    measured.prefill.push_back({.tokens = length, .latency_ns = {}});
  }
  for (const std::size_t depth : plan.decode_at) {
    measured.decode.push_back({.depth = depth, .latency_ns = {}});
  }
  for (std::size_t repetition = 0; repetition < plan.repeat; ++repetition) {
    for (LlmMeasurement::Prefill& prefill : measured.prefill) {
      ASSAY_ASSIGN(const std::int64_t latency, time_feed(model, all.first(prefill.tokens), 0));
      prefill.latency_ns.push_back(latency);
    }
    for (LlmMeasurement::Decode& decode : measured.decode) {
      ASSAY_ASSIGN(auto latencies, time_decode(model, all, decode.depth, plan.decode_tokens));
      decode.latency_ns.push_back(std::move(latencies));
    }
  }
  return measured;
}

Result<std::string> all_logits(generate::LanguageModel& model,
                               const std::vector<std::int32_t>& tokens) {
  std::string bytes;
  bytes.reserve(tokens.size() * model.vocab_size() * sizeof(float));
  for (std::size_t position = 0; position < tokens.size(); ++position) {
    ASSAY_ASSIGN(const auto logits, model.feed(Tokens(tokens).subspan(position, 1), position));
    bytes.append(reinterpret_cast<const char*>(logits.data()), logits.size_bytes());
  }
  return bytes;
}

void add_llm_measure_command(CLI::App& llm_command, Action& chosen) {
  auto options = std::make_shared<MeasureFlags>();
  CLI::App* command = llm_command.add_subcommand(
      "measure", "Times a model on given token ids, and writes its logits; docs/migration.md");
  command->add_option("--model", options->model, "The .pte of a language model")->required();
  command->add_option("--tokens", options->tokens, "A JSON list of token ids")->required();
  command
      ->add_option("--prefill", options->plan.prefill,
                   "Time prompts of so many tokens: N or N,N,...")
      ->delimiter(',')
      ->check(CLI::Range(std::size_t{1}, kMost));
  command
      ->add_option("--decode-at", options->plan.decode_at,
                   "Time single tokens with so many in the cache before: D or D,D,...")
      ->delimiter(',')
      ->check(CLI::Range(std::size_t{0}, kMost));
  command
      ->add_option("--decode-tokens", options->plan.decode_tokens, "Tokens to time at each depth")
      ->check(CLI::Range(std::size_t{1}, kMost))
      ->capture_default_str();
  command->add_option("--repeat", options->plan.repeat, "How often to measure all of it")
      ->check(CLI::Range(std::size_t{1}, kMost))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Threads of the runtime")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--logits", options->logits,
                      "Write the logits after each token here: float32 [tokens, vocabulary]");
  command->add_option("--format", options->format, "What is printed on stdout")
      ->check(CLI::IsMember({"json"}))
      ->capture_default_str();
  command->footer(
      "Example: assay llm measure --model m.pte --tokens tokens.json --prefill 64 --decode-at "
      "0,128\n"
      "  --decode-tokens 32 --repeat 3");
  command->callback([options, &chosen] { chosen = [options] { return measure(*options); }; });
}

}  // namespace assay::cli
