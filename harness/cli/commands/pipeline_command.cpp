#include <cstdio>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <harness/cli/command.h>
#include <harness/cli/output_format.h>
#include <harness/cli/views/progress.h>
#include <harness/model/run_options.h>
#include <harness/pipeline/pipeline_play.h>
#include <harness/session/chain_session.h>
#include <reports/chain/chain_renderers.h>

namespace assay::cli {
namespace {

struct PipelineFlags {
  session::ChainRequest request{.database = "results.db"};
  Format format = Format::kText;
};

Result<int> run_pipeline(const PipelineFlags& flags) {
  ProgressBar progress;
  ASSAY_ASSIGN(const session::ChainRun run, session::run_chain(flags.request, progress));
  fmt::print("{}", flags.format == Format::kJson
                       ? reports::render_chain_json(run.suite, run.outcomes)
                       : reports::render_chain_text(run.suite, run.outcomes));
  std::fflush(stdout);
  fmt::print(stderr, "assay: run {} is in {}\n", run.run_id, flags.request.database.string());
  return run.passed ? kOk : kFailed;
}

void print_line(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

/// The process of one mix, started by session::run_chain() and not meant for people.
void add_play_command(CLI::App& app, Action& chosen, EngineFactory make_engine) {
  auto request = std::make_shared<pipeline::PlayRequest>();
  CLI::App* command = app.add_subcommand(pipeline::kPlayCommand, "")->group("");
  command->add_option("suite", request->suite)->required();
  command->add_option("--mix", request->mix)->required();
  command->add_option("--threads", request->threads);
  command->add_option("--passes", request->passes);
  command->add_option("--only", request->only);
  command->callback([&chosen, request, make_engine] {
    chosen = [request, make_engine]() -> Result<int> {
      ASSAY_TRY(pipeline::play_chain(*request, make_engine, print_line));
      return kOk;
    };
  });
}

}  // namespace

void add_pipeline_command(CLI::App& app, Action& chosen, EngineFactory make_engine) {
  add_play_command(app, chosen, make_engine);
  auto options = std::make_shared<PipelineFlags>();
  CLI::App* command = app.add_subcommand(
      "pipeline", "Play a voice assistant: audio in, speech, words, first token of the answer");
  command->add_option("suite", options->request.suite, "Name or file of a suite of task pipeline")
      ->capture_default_str();
  CLI::Option* mix = command->add_option(
      "--mix", options->request.mixes,
      "Only this mix: a name of the suite, or variants of vad, asr and llm, such as "
      "int8,int8,int4; may be given again");
  mix->delimiter(';');
  command->add_flag("--grid", options->request.grid, "Every combination of the stages' variants")
      ->excludes(mix);
  command->add_option("--threads", options->request.threads, "Threads of the runtime")
      ->check(CLI::Range(1, kMostThreads))
      ->capture_default_str();
  command
      ->add_option("--passes", options->request.passes,
                   "Times a process plays all clips; the first warms up")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->add_option("--processes", options->request.processes, "Fresh processes a mix")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--db", options->request.database, "Results database")->capture_default_str();
  add_format_option(*command, options->format, {Format::kText, Format::kJson}, TextWord::kTable,
                    "What to print");
  command->footer("Example: assay pipeline --mix int8,int8,int4 --db results.db");
  command->callback([&chosen, options] { chosen = [options] { return run_pipeline(*options); }; });
}

}  // namespace assay::cli
