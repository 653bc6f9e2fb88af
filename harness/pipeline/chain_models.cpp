#include <algorithm>
#include <array>

#include <fmt/ranges.h>

#include <harness/pipeline/chain_models.h>
#include <suites/manifest/manifest_parser.h>
#include <suites/tasks/asr/asr_source.h>

namespace assay::pipeline {
namespace {

constexpr int kRateHz = 16'000;

template <typename Suite>
Result<SuiteManifest> load_stage(const std::filesystem::path& file, std::string_view stage) {
  ASSAY_ASSIGN(SuiteManifest manifest, suites::load_manifest(file, suites::built_in_tasks()));
  if (manifest.task_part.find<Suite>() == nullptr) {
    return make_error(ErrorCode::kUsage,
                      "suite '{}' cannot be the stage '{}': it is of another task", file.string(),
                      stage);
  }
  return manifest;
}

Result<VariantSpec> find_variant(const SuiteManifest& suite, const std::string& name) {
  std::vector<std::string> known;
  for (const VariantSpec& variant : suite.model.variants) {
    if (variant.name == name) {
      return variant;
    }
    known.push_back(variant.name);
  }
  return make_error(ErrorCode::kUsage, "suite '{}' has no variant '{}'; there are: {}", suite.name,
                    name, fmt::join(known, ", "));
}

}  // namespace

Result<ChainModels> load_chain_models(const ChainSuite& suite) {
  ChainModels models;
  ASSAY_ASSIGN(models.vad, load_stage<suites::VadSuite>(suite.vad_suite, "vad"));
  ASSAY_ASSIGN(models.asr, load_stage<suites::AsrSuite>(suite.asr_suite, "asr"));
  ASSAY_ASSIGN(models.llm, load_stage<suites::LlmSuite>(suite.llm_suite, "llm"));
  if (models.vad_task().sample_rate_hz != kRateHz || models.asr_task().sample_rate_hz != kRateHz) {
    return make_error(ErrorCode::kUsage, "a voice chain hears {} Hz; '{}' hears {}, '{}' {}",
                      kRateHz, models.vad.name, models.vad_task().sample_rate_hz, models.asr.name,
                      models.asr_task().sample_rate_hz);
  }
  if (models.asr_task().vocabulary.empty()) {
    return make_error(ErrorCode::kUsage,
                      "suite '{}' has no vocabulary, so that no text comes out of its model; name "
                      "one with /asr/vocabulary",
                      models.asr.name);
  }
  if (models.llm_task().tokenizer.empty()) {
    return make_error(ErrorCode::kUsage,
                      "suite '{}' has no tokenizer, so that its model cannot be asked; name one "
                      "with /llm/tokenizer",
                      models.llm.name);
  }
  return models;
}

Result<MixVariants> find_variants(const ChainModels& models, const ChainMix& mix) {
  MixVariants variants;
  ASSAY_ASSIGN(variants.vad, find_variant(models.vad, mix.vad));
  ASSAY_ASSIGN(variants.asr, find_variant(models.asr, mix.asr));
  ASSAY_ASSIGN(variants.llm, find_variant(models.llm, mix.llm));
  return variants;
}

std::vector<ChainMix> make_grid(const ChainModels& models) {
  std::vector<ChainMix> mixes;
  for (const VariantSpec& vad : models.vad.model.variants) {
    for (const VariantSpec& asr : models.asr.model.variants) {
      for (const VariantSpec& llm : models.llm.model.variants) {
        mixes.push_back({.name = fmt::format("{}+{}+{}", vad.name, asr.name, llm.name),
                         .vad = vad.name,
                         .asr = asr.name,
                         .llm = llm.name});
      }
    }
  }
  return mixes;
}

Result<ChainMix> parse_mix(std::string_view text) {
  std::vector<std::string> parts;
  constexpr std::array<std::string_view, 3> kPrefixes{"vad=", "asr=", "llm="};
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string_view part = text.substr(begin, end - begin);
    if (parts.size() < kPrefixes.size() && part.starts_with(kPrefixes[parts.size()])) {
      part.remove_prefix(kPrefixes[parts.size()].size());
    }
    parts.emplace_back(part);
    begin = end + 1;
  }
  const bool complete = parts.size() == kPrefixes.size() &&
                        std::none_of(parts.begin(), parts.end(), [](const std::string& part) {
                          return part.empty() || part.find('=') != std::string::npos;
                        });
  if (!complete) {
    return make_error(
        ErrorCode::kUsage,
        "'{}' names no mix; give the variants of vad, asr and llm in this order, such "
        "as int8,int8,int4",
        text);
  }
  return ChainMix{.name = fmt::format("{}", fmt::join(parts, "+")),
                  .vad = parts[0],
                  .asr = parts[1],
                  .llm = parts[2]};
}

Result<ClipAudio> read_clip_audio(const ChainClip& clip, const suites::AsrSuite& task) {
  ASSAY_ASSIGN(const suites::SpeechSource source, suites::read_speech(clip.audio, clip.name, task));
  if (clip.count == 0) {
    return ClipAudio{.samples = source.heard(0), .text = source.utterances[0].text};
  }
  if (clip.first + clip.count > source.utterances.size()) {
    return make_error(ErrorCode::kUsage, "clip '{}' takes utterances {} to {}, '{}' has {}",
                      clip.name, clip.first, clip.first + clip.count - 1,
                      clip.audio.utterances.string(), source.utterances.size());
  }
  ClipAudio audio{.samples = {}, .text = std::string()};
  for (std::size_t i = clip.first; i < clip.first + clip.count; ++i) {
    audio.samples.resize(audio.samples.size() + clip.gap_samples, 0.0F);
    const std::vector<float> heard = source.heard(i);
    audio.samples.insert(audio.samples.end(), heard.begin(), heard.end());
    if (!source.utterances[i].text) {
      audio.text.reset();
    } else if (audio.text) {
      *audio.text += (audio.text->empty() ? "" : " ") + *source.utterances[i].text;
    }
  }
  return audio;
}

}  // namespace assay::pipeline
