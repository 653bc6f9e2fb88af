#include <suites/tasks/vad/vad_adapter.h>
#include <suites/tasks/vad/vad_manifest.h>
#include <suites/tasks/vad/vad_task.h>
#include <suites/tasks/vad/vad_units.h>

namespace assay::suites {
namespace {

class VadTask : public Task {
 public:
  std::string_view name() const override { return "vad"; }

  Result<TaskPart> read_suite(const JsonValue& object,
                              const std::filesystem::path& /*folder*/) const override {
    ASSAY_ASSIGN(VadSuite suite, read_vad_suite(object));
    return TaskPart::of(suite);
  }

  Result<CaseSpec> read_case(const JsonValue& value,
                             const std::filesystem::path& folder) const override {
    return read_vad_case(value, folder);
  }

  std::string describe(const TaskPart& suite) const override {
    const auto& vad = suite.as<VadSuite>();
    return fmt::format("{} Hz, {} samples a chunk after {} of context, speech from {}",
                       vad.sample_rate_hz, vad.chunk_samples, vad.context_samples, vad.threshold);
  }

  std::vector<CaseFile> case_files(CaseSpec& spec) const override {
    auto& own = spec.task_part.as<VadCase>();
    std::vector<CaseFile> files{{"golden", &spec.golden}, {"wav", &own.wav}};
    if (own.labels) {
      files.push_back({"labels", &*own.labels});
    }
    return files;
  }

  std::unique_ptr<TaskAdapter> make_adapter(const SuiteManifest& manifest) const override {
    return std::make_unique<VadAdapter>(manifest, manifest.task_part.as<VadSuite>());
  }

  std::optional<DecisionTensor> decision_tensor(const TaskPart& suite) const override {
    return DecisionTensor{.name = "scores", .threshold = suite.as<VadSuite>().threshold};
  }

  const UnitKind& unit() const override { return vad_unit(); }
  std::optional<UnitTable> units_of(const Cell& cell) const override { return vad_units_of(cell); }
};

}  // namespace

const Task& vad_task() {
  static const VadTask task;
  return task;
}

}  // namespace assay::suites
