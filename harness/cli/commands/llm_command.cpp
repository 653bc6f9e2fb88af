#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/stop_signal.h>
#include <harness/cli/views/llm_text.h>
#include <harness/generate/chat.h>
#include <harness/model/run_options.h>
#include <runtime/tokenizer/open_tokenizer.h>

namespace assay::cli {
namespace {

struct LlmFlags {
  generate::LlmOptions llm;
  std::string prompt;
  std::string prompt_file;
  generate::ChatOptions chat;
  Format format = Format::kText;
  bool special = false;
};

Result<std::string> read_standard_input() {
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

Result<std::string> prompt_of(const LlmFlags& options) {
  if (options.prompt_file.empty()) {
    return options.prompt;
  }
  return options.prompt_file == "-" ? read_standard_input() : read_text_file(options.prompt_file);
}

Result<std::string> nonempty_prompt(const LlmFlags& options) {
  ASSAY_ASSIGN(std::string prompt, prompt_of(options));
  if (prompt.empty()) {
    return make_error(ErrorCode::kUsage,
                      "the prompt is empty; give one with --prompt, or --prompt-file FILE (- for "
                      "standard input)");
  }
  return prompt;
}

int exit_code_of(const generate::LlmAnswer& answer) {
  return answer.generation.reason == generate::StopReason::kInterrupted ? kInterrupted : kOk;
}

void print_now(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

/// Where the text of an answer goes while it comes: JSON has it whole.
generate::OnText text_printer(const LlmFlags& flags) {
  return flags.format == Format::kText ? generate::OnText(print_now) : [](std::string_view) {};
}

void print_answer(const LlmFlags& flags, const generate::LlmAnswer& answer,
                  const generate::LlmSession& session) {
  if (flags.format == Format::kText) {
    print_now("\n");
    fmt::print(stderr, "{}", describe_answer(answer, session.model()));
  } else {
    fmt::print("{}", answer_json(answer, session.model()));
  }
}

Result<int> generate_text(const LlmFlags& flags, EngineFactory make_engine) {
  ASSAY_ASSIGN(const std::string prompt, nonempty_prompt(flags));
  ASSAY_ASSIGN(auto session, generate::LlmSession::open(flags.llm, make_engine));
  ASSAY_ASSIGN(const auto ids, session.tokenizer().encode(
                                   prompt, {.add_bos = true, .parse_special = flags.special}));
  ASSAY_ASSIGN(const generate::LlmAnswer answer,
               session.answer(ids, generate::AnswerKind::kContinuation, catch_stop_signals(),
                              text_printer(flags)));
  print_answer(flags, answer, session);
  return exit_code_of(answer);
}

Result<int> instruct(const LlmFlags& flags, EngineFactory make_engine) {
  ASSAY_ASSIGN(std::string prompt, nonempty_prompt(flags));
  ASSAY_ASSIGN(auto session, generate::LlmSession::open(flags.llm, make_engine));
  ASSAY_ASSIGN(generate::Chat chat, generate::Chat::begin(session, flags.chat));
  ASSAY_ASSIGN(const generate::LlmAnswer answer,
               chat.say(std::move(prompt), catch_stop_signals(), text_printer(flags)));
  print_answer(flags, answer, session);
  return exit_code_of(answer);
}

Result<int> chat(const LlmFlags& flags, EngineFactory make_engine) {
  ASSAY_ASSIGN(auto session, generate::LlmSession::open(flags.llm, make_engine));
  ASSAY_ASSIGN(generate::Chat chat, generate::Chat::begin(session, flags.chat));
  const bool person = ::isatty(STDIN_FILENO) != 0;
  const std::atomic<bool>& stop = catch_stop_signals();
  ASSAY_ASSIGN(std::string line, prompt_of(flags));
  while (!stop) {
    if (line.empty()) {
      fmt::print(stderr, "{}", person ? "> " : "");
      if (!std::getline(std::cin, line) || line == "/exit") {
        break;
      }
      continue;
    }
    ASSAY_ASSIGN(const generate::LlmAnswer answer,
                 chat.say(std::exchange(line, ""), stop, print_now));
    print_answer(flags, answer, session);
  }
  return stop ? kInterrupted : kOk;
}

Result<int> tokenize(const LlmFlags& options, EngineFactory) {
  ASSAY_ASSIGN(const std::string text, nonempty_prompt(options));
  ASSAY_ASSIGN(const auto tokenizer, tokenizer::open_tokenizer(options.llm.tokenizer));
  ASSAY_ASSIGN(const auto ids,
               tokenizer->encode(text, {.add_bos = true, .parse_special = options.special}));
  fmt::print("{}\n", fmt::join(ids, " "));
  return kOk;
}

void add_prompt_options(CLI::App& command, LlmFlags& options, const std::string& what) {
  auto* prompt = command.add_option("--prompt", options.prompt, what);
  command
      .add_option("--prompt-file", options.prompt_file, "Read it from a file; - is standard input")
      ->excludes(prompt);
}

void add_model_options(CLI::App& command, LlmFlags& options) {
  generate::LlmOptions& llm = options.llm;
  command.add_option("--model", llm.model, "The .pte of a language model")->required();
  command
      .add_option("--tokenizer", llm.tokenizer,
                  "SentencePiece .model, llama2.c .bin, Llama 3 tokenizer.model or Hugging Face "
                  "tokenizer.json")
      ->required();
  command.add_option("--threads", llm.threads, "Threads of the runtime")
      ->check(CLI::Range(1, kMostThreads))
      ->capture_default_str();
  command
      .add_option("--temperature", llm.sampling.temperature,
                  "0: greedy, the same answer every time; above: sampled")
      ->capture_default_str();
  command.add_option("--top-k", llm.sampling.top_k, "Sample the so many likeliest tokens; 0: all")
      ->capture_default_str();
  command
      .add_option("--top-p", llm.sampling.top_p,
                  "Sample the likeliest tokens that together have this probability")
      ->capture_default_str();
  command.add_option("--seed", llm.sampling.seed, "Of the samples")->capture_default_str();
  command.add_option("--max-tokens", llm.max_tokens, "Tokens of an answer, at most")
      ->capture_default_str();
  command.add_option("--stop", llm.stops, "End the answer before this text; may be given again");
}

void add_chat_options(CLI::App& command, LlmFlags& options) {
  command.add_option("--system", options.chat.system, "The system message");
  command.add_option("--template", options.chat.template_name,
                     "llama3, chatml, falcon3 or plain; by the tokenizer's special tokens when not "
                     "given");
}

void add_format_option(CLI::App& command, LlmFlags& options) {
  add_format_option(command, options.format, {Format::kText, Format::kJson}, TextWord::kText,
                    "text or json");
}

void add_special_option(CLI::App& command, LlmFlags& options) {
  command.add_flag("--special", options.special,
                   "Read what looks like a special token as that token");
}

/// A subcommand of `llm` with options of its own.
struct Subcommand {
  const char* name;
  const char* about;
  const char* example;
  void (*add_options)(CLI::App& command, LlmFlags& options);
  Result<int> (*act)(const LlmFlags& flags, EngineFactory make_engine);
};

void add_generate_options(CLI::App& command, LlmFlags& options) {
  add_model_options(command, options);
  add_prompt_options(command, options, "The text to continue");
  add_special_option(command, options);
  add_format_option(command, options);
}

void add_instruct_options(CLI::App& command, LlmFlags& options) {
  add_model_options(command, options);
  add_prompt_options(command, options, "The instruction");
  add_chat_options(command, options);
  add_format_option(command, options);
}

void add_conversation_options(CLI::App& command, LlmFlags& options) {
  add_model_options(command, options);
  add_prompt_options(command, options, "The first line");
  add_chat_options(command, options);
}

void add_tokenize_options(CLI::App& command, LlmFlags& options) {
  command.add_option("--tokenizer", options.llm.tokenizer, "A tokenizer's file")->required();
  add_prompt_options(command, options, "The text");
  add_special_option(command, options);
}

constexpr std::array kSubcommands{
    Subcommand{"generate", "Continues a text",
               "Example:\n  assay llm generate "
               "--model datasets/models/tiny-llama/tiny-llama-int4.pte \\\n"
               "    --tokenizer datasets/models/tiny-llama/tokenizer.model "
               "--prompt \"In the beginning\"",
               add_generate_options, generate_text},
    Subcommand{"instruct", "Answers one instruction, in the model's chat template",
               "Example:\n  assay llm instruct "
               "--model datasets/models/tiny-llama/tiny-llama-int8.pte \\\n"
               "    --tokenizer datasets/models/tiny-llama/tokenizer.model "
               "--prompt \"Say hello.\" --max-tokens 16",
               add_instruct_options, instruct},
    Subcommand{"chat", "Answers line after line of standard input, until its end or /exit",
               "Example:\n  assay llm chat "
               "--model datasets/models/tiny-llama/tiny-llama-int8.pte \\\n"
               "    --tokenizer datasets/models/tiny-llama/tokenizer.model --max-tokens 16",
               add_conversation_options, chat},
    Subcommand{"tokenize", "Prints the token ids of a text",
               "Example:\n  assay llm tokenize "
               "--tokenizer datasets/models/tiny-llama/tokenizer.model --prompt \"Hello\"",
               add_tokenize_options, tokenize}};

}  // namespace

void add_llm_command(CLI::App& app, Action& chosen, EngineFactory make_engine) {
  CLI::App* llm = app.add_subcommand(
      "llm", "Runs a language model on a prompt and says how fast it was; docs/guide/llm.md");
  llm->require_subcommand(1);
  for (const Subcommand& subcommand : kSubcommands) {
    auto flags = std::make_shared<LlmFlags>();
    CLI::App* command = llm->add_subcommand(subcommand.name, subcommand.about);
    subcommand.add_options(*command, *flags);
    command->footer(subcommand.example);
    command->callback([flags, &chosen, make_engine, act = subcommand.act] {
      chosen = [flags, make_engine, act] { return act(*flags, make_engine); };
    });
  }
  add_llm_measure_command(*llm, chosen, make_engine);
  llm->footer(kSubcommands.front().example);
}

}  // namespace assay::cli
