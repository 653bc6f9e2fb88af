#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <harness/cli/stop_signal.h>
#include <harness/cli/views/llm_text.h>
#include <harness/generate/llm_session.h>
#include <harness/model/run_options.h>
#include <runtime/tokenizer/chat_template.h>
#include <runtime/tokenizer/open_tokenizer.h>

namespace assay::cli {
namespace {

struct LlmFlags {
  generate::LlmOptions llm;
  std::string prompt;
  std::string prompt_file;
  std::string system;
  std::string chat_template;  ///< empty: by the vocabulary's special tokens
  std::string format = "text";
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

Result<tokenizer::ChatTemplate> template_of(const LlmFlags& options, const Tokenizer& tokenizer) {
  return options.chat_template.empty()
             ? Result<tokenizer::ChatTemplate>(tokenizer::pick_chat_template(tokenizer))
             : tokenizer::chat_template_from_name(options.chat_template);
}

/// The system message, if there is one, and the user's.
std::vector<tokenizer::ChatMessage> messages_of(const std::string& system, std::string user) {
  std::vector<tokenizer::ChatMessage> messages;
  if (!system.empty()) {
    messages.push_back({tokenizer::ChatRole::kSystem, system});
  }
  messages.push_back({tokenizer::ChatRole::kUser, std::move(user)});
  return messages;
}

int exit_code_of(const generate::LlmAnswer& answer) {
  return answer.generation.reason == generate::StopReason::kInterrupted ? kInterrupted : kOk;
}

/// One prompt, one answer.
Result<int> answer_once(const LlmFlags& options, generate::LlmSession& session,
                        std::span<const std::int32_t> prompt, generate::AnswerKind kind) {
  const bool as_text = options.format == "text";
  ASSAY_ASSIGN(const generate::LlmAnswer answer,
               session.answer(prompt, kind, catch_stop_signals(), as_text));
  if (as_text) {
    fmt::print("\n");
    std::fflush(stdout);
    fmt::print(stderr, "{}", describe_answer(answer, session.model()));
  } else {
    fmt::print("{}", answer_json(answer, session.model()));
  }
  return exit_code_of(answer);
}

Result<int> generate_text(const LlmFlags& options) {
  ASSAY_ASSIGN(const std::string prompt, nonempty_prompt(options));
  ASSAY_ASSIGN(generate::LlmSession session, generate::LlmSession::open(options.llm));
  ASSAY_ASSIGN(const auto ids, session.tokenizer().encode(
                                   prompt, {.add_bos = true, .parse_special = options.special}));
  return answer_once(options, session, ids, generate::AnswerKind::kContinuation);
}

Result<int> instruct(const LlmFlags& options) {
  ASSAY_ASSIGN(std::string prompt, nonempty_prompt(options));
  ASSAY_ASSIGN(generate::LlmSession session, generate::LlmSession::open(options.llm));
  ASSAY_ASSIGN(const auto chat_template, template_of(options, session.tokenizer()));
  const auto messages = messages_of(options.system, std::move(prompt));
  ASSAY_ASSIGN(const auto ids, encode_chat(session.tokenizer(), chat_template, messages));
  return answer_once(options, session, ids, generate::AnswerKind::kMessage);
}

/// What is new in a chat since the model answered: the model's cache holds all that came before,
/// its own answer included.
Result<std::vector<std::int32_t>> next_turn(const Tokenizer& tokenizer,
                                            tokenizer::ChatTemplate chat_template, std::string line,
                                            const std::string& system, bool first) {
  ASSAY_ASSIGN(auto ids, encode_chat(tokenizer, chat_template,
                                     messages_of(first ? system : "", std::move(line))));
  if (!first && tokenizer.bos_id() && !ids.empty() && ids.front() == *tokenizer.bos_id()) {
    ids.erase(ids.begin());
  }
  return ids;
}

Result<int> chat(const LlmFlags& options) {
  ASSAY_ASSIGN(generate::LlmSession session, generate::LlmSession::open(options.llm));
  ASSAY_ASSIGN(const auto chat_template, template_of(options, session.tokenizer()));
  const bool person = ::isatty(STDIN_FILENO) != 0;
  const std::atomic<bool>& stop = catch_stop_signals();
  ASSAY_ASSIGN(std::string line, prompt_of(options));
  bool first = true;
  while (!stop) {
    if (line.empty()) {
      fmt::print(stderr, "{}", person ? "> " : "");
      if (!std::getline(std::cin, line) || line == "/exit") {
        break;
      }
      continue;
    }
    ASSAY_ASSIGN(const auto ids, next_turn(session.tokenizer(), chat_template,
                                           std::exchange(line, ""), options.system, first));
    ASSAY_ASSIGN(const generate::LlmAnswer answer,
                 session.answer(ids, generate::AnswerKind::kMessage, stop, true));
    fmt::print("\n");
    std::fflush(stdout);
    fmt::print(stderr, "{}", describe_answer(answer, session.model()));
    first = false;
  }
  return stop ? kInterrupted : kOk;
}

Result<int> tokenize(const LlmFlags& options) {
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
  command.add_option("--system", options.system, "The system message");
  command.add_option("--template", options.chat_template,
                     "llama3, chatml, falcon3 or plain; by the tokenizer's special tokens when not "
                     "given");
}

void add_format_option(CLI::App& command, LlmFlags& options) {
  command.add_option("--format", options.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

void add_special_option(CLI::App& command, LlmFlags& options) {
  command.add_flag("--special", options.special,
                   "Read what looks like a special token as that token");
}

/// A subcommand of `llm` that runs `act` on options of its own.
template <class AddOptions>
void add_subcommand(CLI::App& llm, Action& chosen, const char* name, const char* about,
                    Result<int> (*act)(const LlmFlags&), const AddOptions& add_options) {
  auto options = std::make_shared<LlmFlags>();
  CLI::App* command = llm.add_subcommand(name, about);
  add_options(*command, *options);
  command->callback([options, &chosen, act] { chosen = [options, act] { return act(*options); }; });
}

}  // namespace

void add_llm_command(CLI::App& app, Action& chosen) {
  CLI::App* llm = app.add_subcommand(
      "llm", "Runs a language model on a prompt and says how fast it was; docs/guide/llm.md");
  llm->require_subcommand(1);
  add_subcommand(*llm, chosen, "generate", "Continues a text", generate_text,
                 [](CLI::App& command, LlmFlags& options) {
                   add_model_options(command, options);
                   add_prompt_options(command, options, "The text to continue");
                   add_special_option(command, options);
                   add_format_option(command, options);
                 });
  add_subcommand(*llm, chosen, "instruct", "Answers one instruction, in the model's chat template",
                 instruct, [](CLI::App& command, LlmFlags& options) {
                   add_model_options(command, options);
                   add_prompt_options(command, options, "The instruction");
                   add_chat_options(command, options);
                   add_format_option(command, options);
                 });
  add_subcommand(*llm, chosen, "chat",
                 "Answers line after line of standard input, until its end or /exit", chat,
                 [](CLI::App& command, LlmFlags& options) {
                   add_model_options(command, options);
                   add_prompt_options(command, options, "The first line");
                   add_chat_options(command, options);
                 });
  add_subcommand(
      *llm, chosen, "tokenize", "Prints the token ids of a text", tokenize,
      [](CLI::App& command, LlmFlags& options) {
        command.add_option("--tokenizer", options.llm.tokenizer, "A tokenizer's file")->required();
        add_prompt_options(command, options, "The text");
        add_special_option(command, options);
      });
  add_llm_measure_command(*llm, chosen);
  llm->footer(
      "Example: assay llm generate --model datasets/models/tiny-llama/tiny-llama-int4.pte\n"
      "  --tokenizer datasets/models/tiny-llama/tokenizer.model --prompt \"In the beginning\"");
}

}  // namespace assay::cli
