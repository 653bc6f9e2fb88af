#include <datasets/label_fields.h>
#include <suites/manifest/manifest_fields.h>
#include <suites/tasks/vad/vad_manifest.h>

namespace assay::suites {
namespace {

constexpr std::int64_t kMaxVadSamples = 1 << 20;

}  // namespace

Result<VadSuite> read_vad_suite(const JsonValue& value) {
  ASSAY_TRY(
      value.expect_object({"sample_rate_hz", "chunk_samples", "context_samples", "threshold"}));
  VadSuite vad;
  ASSAY_ASSIGN(const auto sample_rate_hz,
               read_count(value, "sample_rate_hz", 1, datasets::kMaxSampleRateHz));
  vad.sample_rate_hz = static_cast<int>(sample_rate_hz);
  ASSAY_ASSIGN(vad.chunk_samples, read_count(value, "chunk_samples", 1, kMaxVadSamples));
  ASSAY_ASSIGN(vad.context_samples, read_count(value, "context_samples", 0, kMaxVadSamples));
  ASSAY_ASSIGN(const JsonValue threshold, value.require("threshold"));
  ASSAY_ASSIGN(vad.threshold, threshold.as_number());
  if (vad.threshold < 0 || vad.threshold > 1) {
    return threshold.error("must be from 0 to 1, not " + threshold.shown());
  }
  return vad;
}

Result<CaseSpec> read_vad_case(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"name", "wav", "labels", "golden"}));
  CaseSpec spec;
  VadCase own;
  ASSAY_ASSIGN(spec.name, read_name(value));
  ASSAY_ASSIGN(own.wav, read_required_path(value, "wav", folder));
  ASSAY_ASSIGN(spec.golden, read_required_path(value, "golden", folder));
  if (const auto labels = value.find("labels")) {
    ASSAY_ASSIGN(own.labels, read_path(*labels, folder));
  }
  spec.task_part = TaskPart::of(std::move(own));
  return spec;
}

}  // namespace assay::suites
