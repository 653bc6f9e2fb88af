#include <cmath>

#include <datasets/label_fields.h>
#include <suites/manifest/manifest_fields.h>
#include <suites/manifest/manifest_tasks.h>
#include <suites/tasks/asr/log_mel.h>

namespace assay::suites {
namespace {

constexpr std::int64_t kMaxChunkSamples = 1 << 20;
constexpr std::int64_t kMaxVocabulary = 1 << 24;  // ids are kept as float32 series
constexpr std::int64_t kMaxPositions = 1 << 24;
constexpr std::int64_t kMaxWindowSamples = 1 << 24;
constexpr std::int64_t kMaxMelBins = 1024;
constexpr double kMaxSnrDb = 200;

Result<VadTask> read_vad(const JsonValue& value) {
  ASSAY_TRY(
      value.expect_object({"sample_rate_hz", "chunk_samples", "context_samples", "threshold"}));
  VadTask vad;
  ASSAY_ASSIGN(const auto sample_rate_hz,
               read_count(value, "sample_rate_hz", 1, datasets::kMaxSampleRateHz));
  vad.sample_rate_hz = static_cast<int>(sample_rate_hz);
  ASSAY_ASSIGN(vad.chunk_samples, read_count(value, "chunk_samples", 1, kMaxChunkSamples));
  ASSAY_ASSIGN(vad.context_samples, read_count(value, "context_samples", 0, kMaxChunkSamples));
  ASSAY_ASSIGN(const JsonValue threshold, value.require("threshold"));
  ASSAY_ASSIGN(vad.threshold, threshold.as_number());
  if (vad.threshold < 0 || vad.threshold > 1) {
    return threshold.error("must be from 0 to 1, not " + threshold.shown());
  }
  return vad;
}

Result<LlmTask> read_llm(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"vocab_size", "max_seq_len", "tokenizer"}));
  LlmTask llm;
  ASSAY_ASSIGN(llm.vocab_size, read_count(value, "vocab_size", 2, kMaxVocabulary));
  ASSAY_ASSIGN(llm.max_seq_len, read_count(value, "max_seq_len", 1, kMaxPositions));
  if (const auto tokenizer = value.find("tokenizer")) {
    ASSAY_ASSIGN(llm.tokenizer, read_path(*tokenizer, folder));
  }
  return llm;
}

Result<AsrTask> read_asr(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"sample_rate_hz", "window_samples", "overlap_samples",
                                 "samples_per_frame", "mel_bins", "vocabulary"}));
  AsrTask asr;
  ASSAY_ASSIGN(const auto rate,
               read_count(value, "sample_rate_hz", kMelSampleRateHz, kMelSampleRateHz));
  asr.sample_rate_hz = static_cast<int>(rate);
  ASSAY_ASSIGN(asr.samples_per_frame, read_count(value, "samples_per_frame", 1, kMaxChunkSamples));
  ASSAY_ASSIGN(asr.window_samples,
               read_count(value, "window_samples", kMelWindowSamples, kMaxWindowSamples));
  ASSAY_ASSIGN(asr.overlap_samples, read_count(value, "overlap_samples", 0,
                                               static_cast<std::int64_t>(asr.window_samples) - 1));
  ASSAY_ASSIGN(asr.mel_bins, read_count(value, "mel_bins", 1, kMaxMelBins));
  if (asr.window_samples % asr.samples_per_frame != 0 ||
      asr.overlap_samples % asr.samples_per_frame != 0 ||
      asr.window_samples % kMelHopSamples != 0) {
    return value.error(fmt::format(
        "window_samples {} and overlap_samples {} must be whole frames of {} samples, "
        "and the window whole hops of {}",
        asr.window_samples, asr.overlap_samples, asr.samples_per_frame, kMelHopSamples));
  }
  if (const auto vocabulary = value.find("vocabulary")) {
    ASSAY_ASSIGN(asr.vocabulary, read_path(*vocabulary, folder));
  }
  return asr;
}

/// A case of speech recognition: {"name", "utterances"} or, for one recording, {"name", "wav"};
/// with "golden" and "noise" if there are any.
Result<CaseSpec> read_asr_case(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"name", "utterances", "wav", "golden", "noise"}));
  CaseSpec spec;
  ASSAY_ASSIGN(spec.name, read_name(value));
  if (value.find("utterances").has_value() == value.find("wav").has_value()) {
    return value.error("needs either 'utterances' or 'wav'");
  }
  if (value.find("utterances")) {
    ASSAY_ASSIGN(spec.utterances, read_required_path(value, "utterances", folder));
  } else {
    ASSAY_ASSIGN(spec.wav, read_required_path(value, "wav", folder));
  }
  if (const auto golden = value.find("golden")) {
    ASSAY_ASSIGN(spec.golden, read_path(*golden, folder));
  }
  if (const auto noise = value.find("noise")) {
    ASSAY_ASSIGN(spec.noise, read_noise(*noise, folder));
  }
  return spec;
}

/// A case of a language model: {"name", "golden"}, or of its speed alone {"name", "tokens",
/// "prefill"} or {"name", "tokens", "depth", "decode"}.
Result<CaseSpec> read_llm_case(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"name", "golden", "tokens", "prefill", "depth", "decode"}));
  CaseSpec spec;
  ASSAY_ASSIGN(spec.name, read_name(value));
  const bool prefill = value.find("prefill").has_value();
  const bool decode = value.find("decode").has_value();
  if (!prefill && !decode) {
    ASSAY_TRY(value.expect_object({"name", "golden"}));
    ASSAY_ASSIGN(spec.golden, read_required_path(value, "golden", folder));
    return spec;
  }
  LlmSpeed speed;
  if (prefill) {
    ASSAY_TRY(value.expect_object({"name", "tokens", "prefill"}));
    ASSAY_ASSIGN(speed.prefill, read_count(value, "prefill", 1, kMaxPositions));
  } else {
    ASSAY_TRY(value.expect_object({"name", "tokens", "depth", "decode"}));
    ASSAY_ASSIGN(speed.depth, read_count(value, "depth", 0, kMaxPositions));
    ASSAY_ASSIGN(speed.decode, read_count(value, "decode", 1, kMaxPositions));
  }
  ASSAY_ASSIGN(spec.golden, read_required_path(value, "tokens", folder));
  spec.speed = speed;
  return spec;
}

Result<CaseSpec> read_vad_case(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"name", "wav", "labels", "golden"}));
  CaseSpec spec;
  ASSAY_ASSIGN(spec.name, read_name(value));
  ASSAY_ASSIGN(spec.wav, read_required_path(value, "wav", folder));
  ASSAY_ASSIGN(spec.golden, read_required_path(value, "golden", folder));
  if (const auto labels = value.find("labels")) {
    ASSAY_ASSIGN(spec.labels, read_path(*labels, folder));
  }
  return spec;
}

}  // namespace

Result<NoiseSpec> read_noise(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"wav", "snr_db"}));
  NoiseSpec noise;
  ASSAY_ASSIGN(noise.wav, read_required_path(value, "wav", folder));
  ASSAY_ASSIGN(const JsonValue snr_db, value.require("snr_db"));
  ASSAY_ASSIGN(noise.snr_db, snr_db.as_number());
  if (std::abs(noise.snr_db) > kMaxSnrDb) {
    return snr_db.error(
        fmt::format("must be from -{0} to {0}, not {1}", kMaxSnrDb, snr_db.shown()));
  }
  return noise;
}

Result<TaskSpec> read_task(const JsonValue& root, const std::filesystem::path& folder) {
  ASSAY_ASSIGN(const JsonValue task, root.require("task"));
  ASSAY_ASSIGN(const std::string name, task.as_text());
  if (name == "vad") {
    ASSAY_ASSIGN(const JsonValue vad, root.require("vad"));
    ASSAY_ASSIGN(const VadTask spec, read_vad(vad));
    return TaskSpec(spec);
  }
  if (name == "llm") {
    ASSAY_ASSIGN(const JsonValue llm, root.require("llm"));
    ASSAY_ASSIGN(const LlmTask spec, read_llm(llm, folder));
    return TaskSpec(spec);
  }
  if (name == "asr") {
    ASSAY_ASSIGN(const JsonValue asr, root.require("asr"));
    ASSAY_ASSIGN(const AsrTask spec, read_asr(asr, folder));
    return TaskSpec(spec);
  }
  return task.error(fmt::format("unknown task '{}'; known are asr, llm, vad", name));
}

Result<CaseSpec> read_case(const JsonValue& value, const TaskSpec& task,
                           const std::filesystem::path& folder) {
  if (std::holds_alternative<LlmTask>(task)) {
    return read_llm_case(value, folder);
  }
  return std::holds_alternative<AsrTask>(task) ? read_asr_case(value, folder)
                                               : read_vad_case(value, folder);
}

}  // namespace assay::suites
