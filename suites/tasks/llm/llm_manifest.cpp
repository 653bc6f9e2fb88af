#include <suites/manifest/manifest_fields.h>
#include <suites/tasks/llm/llm_manifest.h>

namespace assay::suites {
namespace {

constexpr std::int64_t kMaxVocabulary = 1 << 24;  // ids are kept as float32 series
constexpr std::int64_t kMaxPositions = 1 << 24;

Result<LlmSpeed> read_speed(const JsonValue& value) {
  LlmSpeed speed;
  if (value.find("prefill")) {
    ASSAY_TRY(value.expect_object({"name", "tokens", "prefill"}));
    ASSAY_ASSIGN(speed.prefill, read_count(value, "prefill", 1, kMaxPositions));
    return speed;
  }
  ASSAY_TRY(value.expect_object({"name", "tokens", "depth", "decode"}));
  ASSAY_ASSIGN(speed.depth, read_count(value, "depth", 0, kMaxPositions));
  ASSAY_ASSIGN(speed.decode, read_count(value, "decode", 1, kMaxPositions));
  return speed;
}

}  // namespace

Result<LlmSuite> read_llm_suite(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"vocab_size", "max_seq_len", "tokenizer"}));
  LlmSuite llm;
  ASSAY_ASSIGN(llm.vocab_size, read_count(value, "vocab_size", 2, kMaxVocabulary));
  ASSAY_ASSIGN(llm.max_seq_len, read_count(value, "max_seq_len", 1, kMaxPositions));
  if (const auto tokenizer = value.find("tokenizer")) {
    ASSAY_ASSIGN(llm.tokenizer, read_path(*tokenizer, folder));
  }
  return llm;
}

Result<CaseSpec> read_llm_case(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(value.expect_object({"name", "golden", "tokens", "prefill", "depth", "decode"}));
  CaseSpec spec;
  LlmCase own;
  ASSAY_ASSIGN(spec.name, read_name(value));
  if (value.find("prefill") || value.find("decode")) {
    ASSAY_ASSIGN(own.speed, read_speed(value));
    ASSAY_ASSIGN(spec.golden, read_required_path(value, "tokens", folder));
  } else {
    ASSAY_TRY(value.expect_object({"name", "golden"}));
    ASSAY_ASSIGN(spec.golden, read_required_path(value, "golden", folder));
  }
  spec.task_part = TaskPart::of(own);
  return spec;
}

}  // namespace assay::suites
