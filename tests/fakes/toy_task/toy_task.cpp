#include <array>

#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <suites/manifest/manifest_fields.h>
#include <suites/model_tensors.h>
#include <suites/stored_series.h>
#include <tests/fakes/toy_task/toy_task.h>

namespace assay::fakes {
namespace {

namespace fs = std::filesystem;

struct ToySuite {
  double threshold = 0.5;
  fs::path words;
};

struct ToyCase {
  std::vector<float> levels;
  std::vector<float> lamps;
};

constexpr std::array kToyCards{NamedMetric{"decision_flips", "Lamps that are wrong"}};
constexpr UnitKind kToyUnit{.singular = "moment",
                            .plural = "moments",
                            .flips = "has another lamp",
                            .flips_many = "have other lamps",
                            .title = "Lamps that differ",
                            .list_key = "lamps",
                            .summary_key = "lamp_summary",
                            .index_key = "moment",
                            .context = {.title = "at level", .key = "level", .width = 12},
                            .reference = {.title = "wanted", .key = "wanted", .width = 12},
                            .cards = kToyCards,
                            .output_series = "light"};

Result<std::vector<float>> read_numbers(const JsonValue& value, std::string_view key) {
  ASSAY_ASSIGN(const JsonValue list, value.require(key));
  ASSAY_ASSIGN(const auto elements, list.as_nonempty_list());
  std::vector<float> numbers;
  for (const JsonValue& element : elements) {
    ASSAY_ASSIGN(const double number, element.as_number());
    numbers.push_back(static_cast<float>(number));
  }
  return numbers;
}

std::vector<UnitDecision> lamps_of(const std::vector<float>& lamps) {
  std::vector<UnitDecision> decisions;
  for (const float lamp : lamps) {
    decisions.push_back({.labels = {static_cast<std::int32_t>(lamp)}});
  }
  return decisions;
}

class ToyReference : public suites::Reference {
 public:
  explicit ToyReference(std::vector<float> wanted) : lamps(std::move(wanted)) {}
  const std::string& golden_sha256() const override { return none_; }

  std::vector<float> lamps;

 private:
  std::string none_;
};

class ToyAdapter : public suites::TaskAdapter {
 public:
  explicit ToyAdapter(const SuiteManifest& manifest) : manifest_(&manifest) {}

  Result<suites::PreparedInputs> make_inputs(const CaseSpec& spec) const override {
    const auto& levels = spec.task_part.as<ToyCase>().levels;
    suites::PreparedInputs prepared;
    prepared.inputs.step_count = levels.size();
    prepared.inputs.inputs.push_back(
        {.input = suites::index_of(manifest_->model.inputs, "level"),
         .stride_elements = 1,
         .data = Tensor::from_floats("level", {static_cast<std::int64_t>(levels.size())}, levels)});
    prepared.input_sha256 = sha256_hex(std::as_bytes(std::span(levels)));
    return prepared;
  }

  Result<std::unique_ptr<suites::Reference>> load_reference(
      const CaseSpec& spec, const suites::PreparedInputs& /*inputs*/) const override {
    return std::unique_ptr<suites::Reference>(
        std::make_unique<ToyReference>(spec.task_part.as<ToyCase>().lamps));
  }

  std::unique_ptr<suites::Reference> reference_from(const suites::Reference& like,
                                                    const CaseOutputs& outputs) const override {
    const std::size_t moments = dynamic_cast<const ToyReference&>(like).lamps.size();
    return std::make_unique<ToyReference>(lamps_from(light_of(outputs, moments)));
  }

  suites::CaseScores score(const suites::Reference& reference,
                           const CaseOutputs& outputs) const override {
    const auto& wanted = dynamic_cast<const ToyReference&>(reference).lamps;
    suites::CaseScores result;
    result.series["light"] = light_of(outputs, wanted.size());
    result.series["lamp"] = lamps_from(result.series["light"]);
    result.series["wanted_lamp"] = wanted;
    double wrong = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      wrong += result.series["lamp"][i] != wanted[i] ? 1 : 0;
    }
    result.scores.push_back({.metric = "decision_flips", .value = wrong});
    return result;
  }

 private:
  std::vector<float> light_of(const CaseOutputs& outputs, std::size_t moments) const {
    return suites::output_values(*manifest_, outputs, "light", moments);
  }

  std::vector<float> lamps_from(const std::vector<float>& light) const {
    std::vector<float> lamps;
    for (const float value : light) {
      lamps.push_back(static_cast<double>(value) >= manifest_->task_part.as<ToySuite>().threshold
                          ? 1.0F
                          : 0.0F);
    }
    return lamps;
  }

  const SuiteManifest* manifest_;
};

/// Lamps by the suite's file of words, levels by its cases.
class ToyTexts : public UnitTexts {
 public:
  ToyTexts(std::vector<std::string> words, const SuiteManifest& manifest)
      : words_(std::move(words)), cases_(manifest.cases) {}

  std::string context(const std::string& case_name, std::size_t unit) const override {
    for (const CaseSpec& spec : cases_) {
      if (spec.name == case_name) {
        return fmt::format("{:.1f}", spec.task_part.as<ToyCase>().levels.at(unit));
      }
    }
    return "";
  }

  std::optional<std::string> decision(const UnitDecision& decision) const override {
    return words_.at(static_cast<std::size_t>(decision.labels.front()));
  }

 private:
  std::vector<std::string> words_;
  std::vector<CaseSpec> cases_;
};

class ToyTask : public suites::Task {
 public:
  std::string_view name() const override { return "toy"; }

  Result<TaskPart> read_suite(const JsonValue& object, const fs::path& folder) const override {
    ASSAY_TRY(object.expect_object({"threshold", "words"}));
    ToySuite suite;
    ASSAY_ASSIGN(const JsonValue threshold, object.require("threshold"));
    ASSAY_ASSIGN(suite.threshold, threshold.as_number());
    ASSAY_ASSIGN(suite.words, suites::read_required_path(object, "words", folder));
    return TaskPart::of(std::move(suite));
  }

  Result<CaseSpec> read_case(const JsonValue& value, const fs::path& /*folder*/) const override {
    ASSAY_TRY(value.expect_object({"name", "levels", "lamps"}));
    CaseSpec spec;
    ToyCase own;
    ASSAY_ASSIGN(spec.name, suites::read_name(value));
    ASSAY_ASSIGN(own.levels, read_numbers(value, "levels"));
    ASSAY_ASSIGN(own.lamps, read_numbers(value, "lamps"));
    spec.task_part = TaskPart::of(std::move(own));
    return spec;
  }

  std::string describe(const TaskPart& suite) const override {
    return fmt::format("lamps that are on from {}", suite.as<ToySuite>().threshold);
  }

  std::vector<fs::path*> suite_files(TaskPart& suite) const override {
    return {&suite.as<ToySuite>().words};
  }
  std::vector<suites::CaseFile> case_files(CaseSpec& /*spec*/) const override { return {}; }

  std::unique_ptr<suites::TaskAdapter> make_adapter(const SuiteManifest& manifest) const override {
    return std::make_unique<ToyAdapter>(manifest);
  }

  const UnitKind& unit() const override { return kToyUnit; }

  std::optional<UnitTable> units_of(const Cell& cell) const override {
    const auto* lamps = suites::find_stored_series(cell, "lamp");
    if (lamps == nullptr) {
      return std::nullopt;
    }
    UnitTable units{.kind = &kToyUnit, .count = lamps->size(), .decisions = lamps_of(*lamps)};
    if (const auto* wanted = suites::find_stored_series(cell, "wanted_lamp", lamps->size())) {
      units.reference = lamps_of(*wanted);
    }
    return units;
  }

  std::unique_ptr<UnitTexts> texts(const SuiteManifest& manifest) const override {
    const auto text = read_text_file(manifest.task_part.as<ToySuite>().words);
    if (!text.ok()) {
      return nullptr;
    }
    const auto root = JsonValue::parse(*text, "words", ErrorCode::kCorrupt);
    const auto list = root.ok() ? root->as_list() : Result<std::vector<JsonValue>>(root.error());
    std::vector<std::string> words;
    for (std::size_t i = 0; list.ok() && i < list->size(); ++i) {
      const auto word = (*list)[i].as_text();
      words.push_back(word.ok() ? *word : "?");
    }
    return std::make_unique<ToyTexts>(std::move(words), manifest);
  }
};

}  // namespace

const suites::Task& toy_task() {
  static const ToyTask task;
  return task;
}

}  // namespace assay::fakes
