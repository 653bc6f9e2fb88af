#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <harness/generate/llm_measure.h>
#include <harness/model/run_options.h>
#include <runtime/engine/executorch_engine.h>

namespace assay::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;
constexpr std::size_t kMost = 1'000'000'000;  ///< of a count on the command line; sums of two fit

struct MeasureFlags {
  std::filesystem::path model;
  std::filesystem::path tokens;
  std::filesystem::path logits;  ///< empty: not wanted
  std::string format = "json";
  int threads = 1;
  generate::LlmMeasurePlan plan;
};

Json to_json(const MeasureFlags& options, std::size_t tokens, const generate::LanguageModel& model,
             const generate::LlmMeasurement& measured) {
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
  ASSAY_ASSIGN(const auto tokens, generate::parse_token_ids(text, options.tokens.string()));
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
    ASSAY_TRY(
        generate::check_positions(tokens.size(), "--logits", tokens.size(), model.max_positions()));
  }
  ASSAY_ASSIGN(const generate::LlmMeasurement measured,
               generate::measure_language_model(model, tokens, options.plan));
  if (!options.logits.empty()) {
    ASSAY_ASSIGN(const std::string logits, generate::all_logits(model, tokens));
    ASSAY_TRY(write_file_atomically(options.logits, logits));
  }
  fmt::print("{}\n", to_json(options, tokens.size(), model, measured).dump());
  return kOk;
}

}  // namespace

void add_llm_measure_command(CLI::App& llm_command, Action& chosen) {
  auto options = std::make_shared<MeasureFlags>();
  CLI::App* command = llm_command.add_subcommand(
      "measure",
      "Times a model on given token ids, and writes its logits; docs/guide/migration.md");
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
      ->check(CLI::Range(1, kMostThreads))
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
