#include <suites/tasks/asr/asr_adapter.h>
#include <suites/tasks/asr/asr_manifest.h>
#include <suites/tasks/asr/asr_source.h>
#include <suites/tasks/asr/asr_task.h>
#include <suites/tasks/asr/asr_units.h>

namespace assay::suites {
namespace {

class AsrTask : public Task {
 public:
  std::string_view name() const override { return "asr"; }

  Result<TaskPart> read_suite(const JsonValue& object,
                              const std::filesystem::path& folder) const override {
    ASSAY_ASSIGN(AsrSuite suite, read_asr_suite(object, folder));
    return TaskPart::of(std::move(suite));
  }

  Result<CaseSpec> read_case(const JsonValue& value,
                             const std::filesystem::path& folder) const override {
    return read_asr_case(value, folder);
  }

  std::string describe(const TaskPart& suite) const override {
    const auto& asr = suite.as<AsrSuite>();
    return fmt::format("{} Hz, windows of {} samples that overlap by {}, {} samples a frame{}",
                       asr.sample_rate_hz, asr.window_samples, asr.overlap_samples,
                       asr.samples_per_frame,
                       asr.vocabulary.empty() ? ", encodings alone" : ", words by CTC");
  }

  std::vector<std::filesystem::path*> suite_files(TaskPart& suite) const override {
    auto& vocabulary = suite.as<AsrSuite>().vocabulary;
    return vocabulary.empty() ? std::vector<std::filesystem::path*>() : std::vector{&vocabulary};
  }

  std::vector<CaseFile> case_files(CaseSpec& spec) const override {
    auto& own = spec.task_part.as<AsrCase>();
    std::vector<CaseFile> files{
        {"golden", &spec.golden}, {"wav", &own.wav}, {"utterances", &own.utterances}};
    if (own.noise) {
      files.push_back({"noise", &own.noise->wav});
    }
    std::erase_if(files, [](const CaseFile& file) { return file.path->empty(); });
    return files;
  }

  /// The recording: a copy of the list of utterances may have no neighbours.
  void add_named_files(CaseSpec& spec, const FindCopy& copy_of) const override {
    auto& own = spec.task_part.as<AsrCase>();
    if (own.utterances.empty()) {
      return;
    }
    if (const auto list = copy_of(own.utterances)) {
      if (auto audio = audio_path(own, *list); audio.ok()) {
        own.wav = std::move(audio).value();
      }
    }
  }

  std::unique_ptr<TaskAdapter> make_adapter(const SuiteManifest& manifest) const override {
    return std::make_unique<AsrAdapter>(manifest, manifest.task_part.as<AsrSuite>());
  }

  const UnitKind& unit() const override { return asr_unit(); }
  std::optional<UnitTable> units_of(const Cell& cell) const override { return asr_units_of(cell); }
  std::unique_ptr<UnitTexts> texts(const SuiteManifest& manifest) const override {
    return read_asr_texts(manifest);
  }
};

}  // namespace

const Task& asr_task() {
  static const AsrTask task;
  return task;
}

}  // namespace assay::suites
