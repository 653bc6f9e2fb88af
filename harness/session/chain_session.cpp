#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <harness/base/file.h>
#include <harness/pipeline/chain_models.h>
#include <harness/session/chain_session.h>
#include <harness/session/run_info.h>
#include <harness/store/store.h>
#include <suites/manifest/suite_finder.h>

namespace assay::session {
namespace {

Result<std::filesystem::path> find_chain_suite(const std::string& name) {
  ASSAY_ASSIGN(const auto program, program_path());
  const auto folder = suites::find_suites_folder(program);
  // In a folder of their own: every file beside the other suites is one of a single model.
  return suites::find_suite(name, folder ? std::optional(*folder / "pipeline") : std::nullopt);
}

Result<std::vector<pipeline::ChainMix>> choose_mixes(const ChainRequest& request,
                                                     const pipeline::ChainSuite& suite,
                                                     const pipeline::ChainModels& models) {
  std::vector<pipeline::ChainMix> chosen = request.grid ? pipeline::make_grid(models) : suite.mixes;
  if (!request.mixes.empty()) {
    chosen.clear();
    for (const std::string& text : request.mixes) {
      const auto named = std::ranges::find(suite.mixes, text, &pipeline::ChainMix::name);
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

/// What the clips say, where it is known.
Result<pipeline::ReferenceTexts> read_texts(const pipeline::ChainSuite& suite,
                                            const suites::AsrSuite& task) {
  pipeline::ReferenceTexts texts;
  for (const pipeline::ChainClip& clip : suite.clips) {
    ASSAY_ASSIGN(pipeline::ClipAudio audio, pipeline::read_clip_audio(clip, task));
    if (audio.text) {
      texts[clip.name] = std::move(*audio.text);
    }
  }
  return texts;
}

}  // namespace

Result<ChainRun> run_chain(const ChainRequest& request, Progress& progress) {
  ChainRun chain;
  ASSAY_ASSIGN(const auto file, find_chain_suite(request.suite));
  ASSAY_ASSIGN(chain.suite, pipeline::load_chain_suite(file));
  ASSAY_ASSIGN(const pipeline::ChainModels models, pipeline::load_chain_models(chain.suite));
  pipeline::MixPlan plan{
      .threads = request.threads, .passes = request.passes, .processes = request.processes};
  ASSAY_ASSIGN(plan.mixes, choose_mixes(request, chain.suite, models));
  ASSAY_ASSIGN(plan.texts, read_texts(chain.suite, models.asr_task()));
  // Opened before the work, so that a database that cannot be written costs none of it.
  ASSAY_ASSIGN(auto store, store::Store::open(request.database, store::OpenMode::kReadWrite));
  RunInfo info = new_run_info();
  chain.outcomes =
      pipeline::play_mixes(chain.suite, plan, pipeline::play_in_process,
                           [&](const pipeline::ChainMix& mix, std::size_t process) {
                             progress.note(fmt::format("mix {}, process {} of {}", mix.name,
                                                       process + 1, plan.processes));
                           });
  ASSAY_ASSIGN(const store::ImportOutcome stored,
               store.import_run(pipeline::make_chain_run(std::move(info), chain.suite, models,
                                                         chain.outcomes, request.threads)));
  chain.run_id = stored.run_id;
  chain.passed = pipeline::all_passed(chain.outcomes, chain.suite);
  return chain;
}

}  // namespace assay::session
