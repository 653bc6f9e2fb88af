#include <suites/manifest_fields.h>
#include <suites/manifest_tasks.h>

namespace assay::suites {
namespace {

constexpr std::int64_t kMaxChunkSamples = 1 << 20;
constexpr std::int64_t kMaxSampleRateHz = 768'000;
constexpr std::int64_t kMaxVocabulary = 1 << 24;  // ids are kept as float32 series
constexpr std::int64_t kMaxPositions = 1 << 24;

Result<VadTask> read_vad(const JsonValue& value) {
  ASSAY_TRY(
      value.expect_object({"sample_rate_hz", "chunk_samples", "context_samples", "threshold"}));
  VadTask vad;
  ASSAY_ASSIGN(const auto sample_rate_hz, read_count(value, "sample_rate_hz", 1, kMaxSampleRateHz));
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
  return task.error(fmt::format("unknown task '{}'; known are llm, vad", name));
}

Result<CaseSpec> read_case(const JsonValue& value, const TaskSpec& task,
                           const std::filesystem::path& folder) {
  return std::holds_alternative<LlmTask>(task) ? read_llm_case(value, folder)
                                               : read_vad_case(value, folder);
}

}  // namespace assay::suites
