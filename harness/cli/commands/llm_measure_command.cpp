#include <memory>

#include <fmt/format.h>

#include <harness/cli/command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/views/llm_text.h>
#include <harness/generate/llm_measure.h>
#include <harness/model/run_options.h>

namespace assay::cli {
namespace {

constexpr std::size_t kMost = 1'000'000'000;  ///< of a count on the command line; sums of two fit

struct MeasureFlags {
  generate::LlmMeasureRequest request;
  Format format = Format::kJson;
};

Result<int> measure(const MeasureFlags& flags, EngineFactory make_engine) {
  ASSAY_ASSIGN(const generate::LlmMeasureReport report,
               generate::measure_files(flags.request, make_engine));
  fmt::print("{}", measure_json(report));
  return kOk;
}

}  // namespace

void add_llm_measure_command(CLI::App& llm_command, Action& chosen, EngineFactory make_engine) {
  auto options = std::make_shared<MeasureFlags>();
  CLI::App* command = llm_command.add_subcommand(
      "measure",
      "Times a model on given token ids, and writes its logits; docs/guide/migration.md");
  command->add_option("--model", options->request.model, "The .pte of a language model")
      ->required();
  command->add_option("--tokens", options->request.tokens, "A JSON list of token ids")->required();
  command
      ->add_option("--prefill", options->request.plan.prefill,
                   "Time prompts of so many tokens: N or N,N,...")
      ->delimiter(',')
      ->check(CLI::Range(std::size_t{1}, kMost));
  command
      ->add_option("--decode-at", options->request.plan.decode_at,
                   "Time single tokens with so many in the cache before: D or D,D,...")
      ->delimiter(',')
      ->check(CLI::Range(std::size_t{0}, kMost));
  command
      ->add_option("--decode-tokens", options->request.plan.decode_tokens,
                   "Tokens to time at each depth")
      ->check(CLI::Range(std::size_t{1}, kMost))
      ->capture_default_str();
  command->add_option("--repeat", options->request.plan.repeat, "How often to measure all of it")
      ->check(CLI::Range(std::size_t{1}, kMost))
      ->capture_default_str();
  command->add_option("--threads", options->request.threads, "Threads of the runtime")
      ->check(CLI::Range(1, kMostThreads))
      ->capture_default_str();
  command->add_option("--logits", options->request.logits,
                      "Write the logits after each token here: float32 [tokens, vocabulary]");
  add_format_option(*command, options->format, {Format::kJson}, TextWord::kText,
                    "What is printed on stdout");
  command->footer(
      "Example, with a JSON list of at least 64 token ids in tokens.json:\n"
      "  assay llm measure --model datasets/models/tiny-llama/tiny-llama-int8.pte \\\n"
      "    --tokens tokens.json --prefill 16,32 --decode-at 0,32 --decode-tokens 8 --repeat 3");
  command->callback([options, &chosen, make_engine] {
    chosen = [options, make_engine] { return measure(*options, make_engine); };
  });
}

}  // namespace assay::cli
