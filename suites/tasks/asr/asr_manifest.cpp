#include <cmath>

#include <suites/manifest/manifest_fields.h>
#include <suites/tasks/asr/asr_manifest.h>
#include <suites/tasks/asr/log_mel.h>

namespace assay::suites {
namespace {

constexpr std::int64_t kMaxFrameSamples = 1 << 20;
constexpr std::int64_t kMaxWindowSamples = 1 << 24;
constexpr std::int64_t kMaxMelBins = 1024;
constexpr double kMaxSnrDb = 200;

}  // namespace

Result<AsrSuite> read_asr_suite(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"sample_rate_hz", "window_samples", "overlap_samples",
                                 "samples_per_frame", "mel_bins", "vocabulary"}));
  AsrSuite asr;
  ASSAY_ASSIGN(const auto rate,
               read_count(value, "sample_rate_hz", kMelSampleRateHz, kMelSampleRateHz));
  asr.sample_rate_hz = static_cast<int>(rate);
  ASSAY_ASSIGN(asr.samples_per_frame, read_count(value, "samples_per_frame", 1, kMaxFrameSamples));
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

Result<CaseSpec> read_asr_case(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"name", "utterances", "wav", "golden", "noise"}));
  CaseSpec spec;
  AsrCase own;
  ASSAY_ASSIGN(spec.name, read_name(value));
  if (value.find("utterances").has_value() == value.find("wav").has_value()) {
    return value.error("needs either 'utterances' or 'wav'");
  }
  if (value.find("utterances")) {
    ASSAY_ASSIGN(own.utterances, read_required_path(value, "utterances", folder));
  } else {
    ASSAY_ASSIGN(own.wav, read_required_path(value, "wav", folder));
  }
  if (const auto golden = value.find("golden")) {
    ASSAY_ASSIGN(spec.golden, read_path(*golden, folder));
  }
  if (const auto noise = value.find("noise")) {
    ASSAY_ASSIGN(own.noise, read_noise(*noise, folder));
  }
  spec.task_part = TaskPart::of(std::move(own));
  return spec;
}

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

}  // namespace assay::suites
