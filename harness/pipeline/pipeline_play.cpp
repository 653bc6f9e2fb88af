#include <cstdio>
#include <optional>

#include <fmt/format.h>
#include <malloc.h>

#include <harness/base/clock.h>
#include <harness/base/hash.h>
#include <harness/generate/llm_session.h>
#include <harness/measure/memory.h>
#include <harness/pipeline/chain_events.h>
#include <harness/pipeline/chain_models.h>
#include <harness/pipeline/chain_suite.h>
#include <harness/pipeline/pipeline_play.h>
#include <harness/pipeline/voice_chain.h>
#include <runtime/tokenizer/open_tokenizer.h>

namespace assay::pipeline {
namespace {

/// The engines and models of a chain. Engines outlive what they loaded.
struct Stages {
  std::unique_ptr<Engine> vad_engine;
  std::unique_ptr<Engine> asr_engine;
  std::unique_ptr<Engine> llm_engine;
  std::unique_ptr<Tokenizer> tokenizer;
  std::optional<pipeline::VoiceActivity> vad;
  std::optional<pipeline::Recognizer> asr;
  std::optional<generate::LanguageModel> llm;
  std::map<std::string, std::vector<std::string>> delegates;  ///< of each method, by the stage
};

/// What loading and playing need from outside.
struct Surroundings {
  const PlayRequest& request;
  EngineFactory make_engine;
  const SayLine& say;
};

Status check_file(const VariantSpec& variant) {
  ASSAY_ASSIGN(const std::string sha256, sha256_file(variant.pte));
  if (!variant.sha256.empty() && sha256 != variant.sha256) {
    return make_error(ErrorCode::kCorrupt, "'{}' has SHA-256 {}, its suite says {}",
                      variant.pte.string(), sha256, variant.sha256);
  }
  return {};
}

LoadRequest load_request(const VariantSpec& variant, const ModelSpec& model, int threads) {
  return {.pte = variant.pte, .method = model.method, .threads = threads};
}

/// Opens a model's file and loads its method.
Result<std::unique_ptr<Session>> load(Engine& engine, const LoadRequest& request) {
  ASSAY_TRY(engine.load_program(request));
  return engine.load_method(request);
}

Status load_vad(const Surroundings& around, const pipeline::ChainModels& models,
                const VariantSpec& variant, Stages& stages) {
  stages.vad_engine = around.make_engine();
  ASSAY_ASSIGN(auto session, load(*stages.vad_engine,
                                  load_request(variant, models.vad.model, around.request.threads)));
  stages.delegates["vad"] = session->facts().backends;
  ASSAY_ASSIGN(
      pipeline::VoiceActivity vad,
      pipeline::VoiceActivity::create(std::move(session), models.vad.model, models.vad_task()));
  stages.vad.emplace(std::move(vad));
  return {};
}

Status load_asr(const Surroundings& around, const pipeline::ChainModels& models,
                const VariantSpec& variant, Stages& stages) {
  ASSAY_ASSIGN(auto words, suites::read_vocabulary(models.asr_task().vocabulary));
  stages.asr_engine = around.make_engine();
  ASSAY_ASSIGN(auto session, load(*stages.asr_engine,
                                  load_request(variant, models.asr.model, around.request.threads)));
  stages.delegates["asr"] = session->facts().backends;
  ASSAY_ASSIGN(pipeline::Recognizer asr,
               pipeline::Recognizer::create(std::move(session), models.asr.model, models.asr_task(),
                                            std::move(words)));
  stages.asr.emplace(std::move(asr));
  return {};
}

Status load_llm(const Surroundings& around, const pipeline::ChainModels& models,
                const VariantSpec& variant, Stages& stages) {
  ASSAY_ASSIGN(stages.tokenizer, tokenizer::open_tokenizer(models.llm_task().tokenizer));
  stages.llm_engine = around.make_engine();
  ASSAY_ASSIGN(
      generate::LanguageModel llm,
      generate::LanguageModel::load(
          *stages.llm_engine, load_request(variant, models.llm.model, around.request.threads)));
  ASSAY_TRY(generate::check_vocabulary(static_cast<std::size_t>(stages.tokenizer->vocab_size()),
                                       llm.vocab_size()));
  stages.delegates["llm"] = llm.delegates();
  stages.llm.emplace(std::move(llm));
  return {};
}

/// Loads what is asked for, in the order of the chain, and says what it took.
Status load_stages(const Surroundings& around, const pipeline::ChainModels& models,
                   const pipeline::MixVariants& variants, Stages& stages) {
  pipeline::LoadedEvent loaded;
  const auto note = [&](const std::string& phase) -> Status {
    ASSAY_ASSIGN(MemorySnapshot snapshot, measure::read_memory(phase));
    loaded.memory.push_back(std::move(snapshot));
    return {};
  };
  struct Part {
    const char* stage;
    const VariantSpec* variant;
    Status (*load)(const Surroundings&, const pipeline::ChainModels&, const VariantSpec&, Stages&);
  };
  ASSAY_TRY(note("start"));
  for (const Part& part :
       {Part{"vad", &variants.vad, &load_vad}, Part{"asr", &variants.asr, &load_asr},
        Part{"llm", &variants.llm, &load_llm}}) {
    const std::string& only = around.request.only;
    if (!only.empty() && only != part.stage) {
      continue;
    }
    ASSAY_TRY(check_file(*part.variant));
    loaded.model_bytes += std::filesystem::file_size(part.variant->pte);
    const std::int64_t begin = now_ns();
    const Status status = part.load(around, models, *part.variant, stages);
    if (!status.ok()) {
      return Error(status.error()).with_context("{}", part.stage);
    }
    loaded.load_ns += now_ns() - begin;
    ASSAY_TRY(note(loaded_phase(part.stage)));
  }
  loaded.delegates = stages.delegates;
  around.say(pipeline::loaded_line(loaded));
  return {};
}

/// One execution of whatever is loaded: what a model allocates at its first is part of its memory.
Status execute_once(Stages& stages) {
  if (stages.vad) {
    ASSAY_TRY(stages.vad->score(std::vector<float>(stages.vad->chunk_samples(), 0.0F)));
  }
  if (stages.asr) {
    ASSAY_TRY(stages.asr->transcribe(std::vector<float>(16'000, 0.0F)));
  }
  if (stages.llm) {
    const std::vector<std::int32_t> prompt(32, 1);
    ASSAY_TRY(stages.llm->feed(prompt, 0));
  }
  return {};
}

/// What the chain hears, decoded before anything is measured.
using Recordings = std::vector<std::vector<float>>;

Result<Recordings> read_recordings(const pipeline::ChainSuite& suite,
                                   const suites::AsrSuite& task) {
  Recordings recordings;
  for (const pipeline::ChainClip& clip : suite.clips) {
    ASSAY_ASSIGN(pipeline::ClipAudio audio, pipeline::read_clip_audio(clip, task));
    recordings.push_back(std::move(audio.samples));
  }
  return recordings;
}

/// Gives back what is free and forgets the peak of what is over, so that VmHWM is that of the
/// models. Where the kernel does not let a process do so, decoding the recordings stays in it.
void reset_peak_memory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#else  // Android's C library
  ::mallopt(M_PURGE, 0);
#endif
  if (std::FILE* file = std::fopen("/proc/self/clear_refs", "w"); file != nullptr) {
    std::fputs("5", file);
    std::fclose(file);
  }
}

Status play_clips(const Surroundings& around, const pipeline::ChainSuite& suite,
                  const Recordings& recordings, Stages& stages) {
  const Tokenizer& tokenizer = *stages.tokenizer;
  const auto make_prompt = [&](std::string_view text) {
    return tokenizer.encode(suite.prompt_before + std::string(text) + suite.prompt_after,
                            {.parse_special = false});
  };
  pipeline::VoiceChain chain(std::move(*stages.vad), std::move(*stages.asr), std::move(*stages.llm),
                             make_prompt, suite.endpoint);
  for (std::size_t pass = 0; pass < around.request.passes; ++pass) {
    for (std::size_t i = 0; i < recordings.size(); ++i) {
      Result<pipeline::HeardClip> heard = chain.play(recordings[i]);
      if (!heard.ok()) {
        return std::move(heard).error().with_context("clip '{}'", suite.clips[i].name);
      }
      around.say(pipeline::played_line(
          {.clip = suite.clips[i].name, .pass = pass, .heard = std::move(*heard)}));
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> play_words(const PlayRequest& request) {
  std::vector<std::string> words{
      kPlayCommand, request.suite.string(),          "--mix",    request.mix,
      "--threads",  std::to_string(request.threads), "--passes", std::to_string(request.passes)};
  if (!request.only.empty()) {
    words.insert(words.end(), {"--only", request.only});
  }
  return words;
}

Status play_chain(const PlayRequest& request, EngineFactory make_engine, const SayLine& say) {
  const Surroundings around{.request = request, .make_engine = make_engine, .say = say};
  ASSAY_ASSIGN(const pipeline::ChainSuite suite, pipeline::load_chain_suite(request.suite));
  ASSAY_ASSIGN(const pipeline::ChainModels models, pipeline::load_chain_models(suite));
  ASSAY_ASSIGN(const pipeline::ChainMix mix, pipeline::parse_mix(request.mix));
  ASSAY_ASSIGN(const pipeline::MixVariants variants, pipeline::find_variants(models, mix));
  ASSAY_ASSIGN(const Recordings recordings, read_recordings(suite, models.asr_task()));
  reset_peak_memory();
  Stages stages;
  ASSAY_TRY(load_stages(around, models, variants, stages));
  if (request.only.empty()) {
    ASSAY_TRY(play_clips(around, suite, recordings, stages));
  } else {
    ASSAY_TRY(execute_once(stages));
  }
  ASSAY_ASSIGN(const MemorySnapshot peak, measure::read_memory(kEndPhase));
  say(pipeline::end_line(peak));
  return {};
}

}  // namespace assay::pipeline
