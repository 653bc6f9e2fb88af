#include <suites/tasks/llm/llm_adapter.h>
#include <suites/tasks/llm/llm_manifest.h>
#include <suites/tasks/llm/llm_task.h>
#include <suites/tasks/llm/llm_units.h>

namespace assay::suites {
namespace {

class LlmTask : public Task {
 public:
  std::string_view name() const override { return "llm"; }

  Result<TaskPart> read_suite(const JsonValue& object,
                              const std::filesystem::path& folder) const override {
    ASSAY_ASSIGN(LlmSuite suite, read_llm_suite(object, folder));
    return TaskPart::of(std::move(suite));
  }

  Result<CaseSpec> read_case(const JsonValue& value,
                             const std::filesystem::path& folder) const override {
    return read_llm_case(value, folder);
  }

  std::string describe(const TaskPart& suite) const override {
    const auto& llm = suite.as<LlmSuite>();
    return fmt::format("{} tokens in the vocabulary, {} positions in the cache", llm.vocab_size,
                       llm.max_seq_len);
  }

  std::vector<std::filesystem::path*> suite_files(TaskPart& suite) const override {
    auto& tokenizer = suite.as<LlmSuite>().tokenizer;
    return tokenizer.empty() ? std::vector<std::filesystem::path*>() : std::vector{&tokenizer};
  }

  std::vector<CaseFile> case_files(CaseSpec& spec) const override {
    return {{"golden", &spec.golden}};
  }

  std::unique_ptr<TaskAdapter> make_adapter(const SuiteManifest& manifest) const override {
    return std::make_unique<LlmAdapter>(manifest, manifest.task_part.as<LlmSuite>());
  }

  const UnitKind& unit() const override { return llm_unit(); }
  std::optional<UnitTable> units_of(const Cell& cell) const override { return llm_units_of(cell); }
  std::unique_ptr<UnitTexts> texts(const SuiteManifest& manifest) const override {
    return read_llm_texts(manifest);
  }
};

}  // namespace

const Task& llm_task() {
  static const LlmTask task;
  return task;
}

}  // namespace assay::suites
