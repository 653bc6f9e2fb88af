#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <harness/base/file.h>
#include <harness/base/launch.h>
#include <harness/base/program.h>
#include <harness/cli/command.h>
#include <harness/model/run_options.h>
#include <harness/pipeline/pipeline_play.h>
#include <harness/pipeline/pipeline_record.h>
#include <harness/session/run_info.h>
#include <harness/store/store.h>
#include <reports/chain/chain_renderers.h>
#include <suites/manifest/suite_finder.h>

namespace assay::cli {
namespace {

constexpr auto kPlayCommand = "internal-pipeline";

struct PipelineFlags {
  std::string suite = "assistant";
  std::vector<std::string> mixes;
  bool grid = false;
  int threads = 1;
  std::size_t passes = 3;
  std::size_t processes = 2;
  std::string db = "results.db";
  std::string format = "table";
};

Result<std::filesystem::path> find_chain_suite(const PipelineFlags& options) {
  ASSAY_ASSIGN(const auto program, program_path());
  const auto folder = suites::find_suites_folder(program);
  // In a folder of their own: every file beside the other suites is one of a single model.
  return suites::find_suite(options.suite,
                            folder ? std::optional(*folder / "pipeline") : std::nullopt);
}

Result<std::vector<pipeline::ChainMix>> choose_mixes(const PipelineFlags& options,
                                                     const pipeline::ChainSuite& suite,
                                                     const pipeline::ChainModels& models) {
  std::vector<pipeline::ChainMix> chosen = options.grid ? make_grid(models) : suite.mixes;
  if (!options.mixes.empty()) {
    chosen.clear();
    for (const std::string& text : options.mixes) {
      const auto named = std::find_if(suite.mixes.begin(), suite.mixes.end(),
                                      [&](const auto& mix) { return mix.name == text; });
      if (named != suite.mixes.end()) {
        chosen.push_back(*named);
      } else {
        ASSAY_ASSIGN(pipeline::ChainMix mix, pipeline::parse_mix(text));
        chosen.push_back(std::move(mix));
      }
    }
  }
  for (const pipeline::ChainMix& mix : chosen) {
    ASSAY_TRY(pipeline::find_variants(models, mix));
  }
  return chosen;
}

/// Starts this program again as the process of one mix, or of one of its models alone.
Result<pipeline::ProcessReport> play_in_process(const pipeline::ChainSuite& suite,
                                                const pipeline::ChainMix& mix,
                                                const PipelineFlags& options,
                                                const std::string& only) {
  ASSAY_ASSIGN(std::vector<std::string> words, launch_words());
  words.insert(words.end(),
               {kPlayCommand, suite.file.string(), "--mix",
                fmt::format("{},{},{}", mix.vad, mix.asr, mix.llm), "--threads",
                std::to_string(options.threads), "--passes", std::to_string(options.passes)});
  if (!only.empty()) {
    words.insert(words.end(), {"--only", only});
  }
  pipeline::ProcessReport report;
  Status understood;
  const auto visit = [&](const std::string& line) {
    understood = read_line(line, report);
    return understood.ok();
  };
  ASSAY_ASSIGN(
      const ProgramOutput output,
      run_program(std::move(words), {.visit_line = visit, .process = {.dies_with_parent = true}}));
  ASSAY_TRY(understood);
  if (output.signal != 0) {
    return make_error(ErrorCode::kEngine, "the process died from signal {}: {}", output.signal,
                      output.message());
  }
  if (output.exit_code != 0) {
    return make_error(ErrorCode::kEngine, "the process ended with exit code {}: {}",
                      output.exit_code, output.message());
  }
  return report;
}

/// What each model of a mix takes alone, summed, above an empty process.
Result<std::uint64_t> measure_parts(const pipeline::ChainSuite& suite,
                                    const pipeline::ChainMix& mix, const PipelineFlags& options) {
  std::uint64_t bytes = 0;
  for (const char* stage : {"vad", "asr", "llm"}) {
    ASSAY_ASSIGN(const pipeline::ProcessReport report, play_in_process(suite, mix, options, stage));
    bytes += report.peak.vm_hwm_bytes - report.loaded.memory.front().vm_hwm_bytes;
  }
  return bytes;
}

/// Plays every mix in processes of its own, there and back again, so that no mix has the better
/// part of the time.
std::vector<pipeline::MixOutcome> play_mixes(const pipeline::ChainSuite& suite,
                                             const std::vector<pipeline::ChainMix>& mixes,
                                             const pipeline::ReferenceTexts& texts,
                                             const PipelineFlags& options) {
  std::vector<pipeline::MixOutcome> outcomes;
  std::vector<std::vector<pipeline::ProcessReport>> reports(mixes.size());
  for (const pipeline::ChainMix& mix : mixes) {
    outcomes.push_back({.mix = mix});
  }
  for (std::size_t round = 0; round < options.processes; ++round) {
    for (std::size_t i = 0; i < mixes.size(); ++i) {
      const std::size_t index = round % 2 == 0 ? i : mixes.size() - 1 - i;
      pipeline::MixOutcome& outcome = outcomes[index];
      if (!outcome.reason.empty()) {
        continue;
      }
      fmt::print(stderr, "assay: mix {}, process {} of {}\n", outcome.mix.name, round + 1,
                 options.processes);
      Result<pipeline::ProcessReport> report = play_in_process(suite, outcome.mix, options, "");
      if (report.ok()) {
        reports[index].push_back(std::move(*report));
      } else {
        outcome.reason = report.error().message;
      }
    }
  }
  for (std::size_t i = 0; i < mixes.size(); ++i) {
    if (!outcomes[i].reason.empty()) {
      continue;
    }
    outcomes[i].summary = pipeline::summarize_mix(mixes[i], suite, reports[i], texts);
    const Result<std::uint64_t> parts = measure_parts(suite, mixes[i], options);
    outcomes[i].summary->parts_bytes = parts.ok() ? *parts : 0;
  }
  return outcomes;
}

Result<int> run_pipeline(const PipelineFlags& options) {
  ASSAY_ASSIGN(const auto file, find_chain_suite(options));
  ASSAY_ASSIGN(const pipeline::ChainSuite suite, pipeline::load_chain_suite(file));
  ASSAY_ASSIGN(const pipeline::ChainModels models, pipeline::load_chain_models(suite));
  ASSAY_ASSIGN(const auto mixes, choose_mixes(options, suite, models));
  pipeline::ReferenceTexts texts;
  for (const pipeline::ChainClip& clip : suite.clips) {
    ASSAY_ASSIGN(pipeline::ClipAudio audio, pipeline::read_clip_audio(clip, models.asr_task()));
    if (audio.text) {
      texts[clip.name] = std::move(*audio.text);
    }
  }
  // Opened before the work, so that a database that cannot be written costs none of it.
  ASSAY_ASSIGN(auto store, store::Store::open(options.db, store::OpenMode::kReadWrite));
  RunInfo info = session::new_run_info();
  const std::vector<pipeline::MixOutcome> outcomes = play_mixes(suite, mixes, texts, options);
  const RunRecord run =
      pipeline::make_chain_run(std::move(info), suite, models, outcomes, options.threads);
  ASSAY_ASSIGN(const store::ImportOutcome stored, store.import_run(run));
  fmt::print("{}", options.format == "json" ? reports::render_chain_json(suite, outcomes)
                                            : reports::render_chain_text(suite, outcomes));
  std::fflush(stdout);
  fmt::print(stderr, "assay: run {} is in {}\n", stored.run_id, options.db);
  return pipeline::all_passed(outcomes, suite) ? kOk : kFailed;
}

/// The process of one mix, started by run_pipeline() and not meant for people.
void add_play_command(CLI::App& app, Action& chosen) {
  auto request = std::make_shared<pipeline::PlayRequest>();
  CLI::App* command = app.add_subcommand(kPlayCommand, "")->group("");
  command->add_option("suite", request->suite)->required();
  command->add_option("--mix", request->mix)->required();
  command->add_option("--threads", request->threads);
  command->add_option("--passes", request->passes);
  command->add_option("--only", request->only);
  command->callback([&chosen, request] {
    chosen = [request]() -> Result<int> {
      ASSAY_TRY(pipeline::play_chain(*request));
      return kOk;
    };
  });
}

}  // namespace

void add_pipeline_command(CLI::App& app, Action& chosen) {
  add_play_command(app, chosen);
  auto options = std::make_shared<PipelineFlags>();
  CLI::App* command = app.add_subcommand(
      "pipeline", "Play a voice assistant: audio in, speech, words, first token of the answer");
  command->add_option("suite", options->suite, "Name or file of a suite of task pipeline")
      ->capture_default_str();
  CLI::Option* mix = command->add_option(
      "--mix", options->mixes,
      "Only this mix: a name of the suite, or variants of vad, asr and llm, such as "
      "int8,int8,int4; may be given again");
  mix->delimiter(';');
  command->add_flag("--grid", options->grid, "Every combination of the stages' variants")
      ->excludes(mix);
  command->add_option("--threads", options->threads, "Threads of the runtime")
      ->check(CLI::Range(1, kMostThreads))
      ->capture_default_str();
  command
      ->add_option("--passes", options->passes,
                   "Times a process plays all clips; the first warms up")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->add_option("--processes", options->processes, "Fresh processes a mix")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--db", options->db, "Results database")->capture_default_str();
  command->add_option("--format", options->format, "What to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->footer("Example: assay pipeline --mix int8,int8,int4 --db results.db");
  command->callback([&chosen, options] { chosen = [options] { return run_pipeline(*options); }; });
}

}  // namespace assay::cli
