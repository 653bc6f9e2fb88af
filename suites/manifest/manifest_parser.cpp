#include <algorithm>
#include <set>

#include <fmt/ranges.h>

#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <harness/base/json.h>
#include <harness/base/nearest.h>
#include <harness/model/metric.h>
#include <suites/manifest/manifest_fields.h>
#include <suites/manifest/manifest_parser.h>
#include <suites/manifest/manifest_variants.h>

namespace assay::suites {
namespace {

constexpr std::int64_t kFormatVersion = 1;

// Bounds that no honest manifest meets; they keep products of sizes within 64 bits.
constexpr std::int64_t kMaxDimension = std::int64_t{1} << 31;
constexpr std::int64_t kMaxElements = std::int64_t{1} << 32;
constexpr std::int64_t kMaxWarmupRuns = 1'000'000;
constexpr double kMaxSeconds = 86'400;

template <class Spec>
std::vector<std::string> names_of(const std::vector<Spec>& specs) {
  std::vector<std::string> names;
  for (const Spec& spec : specs) {
    names.push_back(spec.name);
  }
  return names;
}

/// Reads a list of named things with `read_one`, refusing an empty list and names given twice.
template <class Spec, class ReadOne>
Result<std::vector<Spec>> read_named_list(const JsonValue& object, std::string_view key,
                                          const ReadOne& read_one) {
  ASSAY_ASSIGN(const JsonValue list, object.require(key));
  ASSAY_ASSIGN(const auto elements, list.as_nonempty_list());
  std::vector<Spec> specs;
  std::set<std::string> names;
  for (const JsonValue& element : elements) {
    ASSAY_ASSIGN(Spec spec, read_one(element));
    if (!names.insert(spec.name).second) {
      return element.error(fmt::format("the name '{}' is there twice", spec.name));
    }
    specs.push_back(std::move(spec));
  }
  return specs;
}

Result<std::vector<std::int64_t>> read_shape(const JsonValue& value) {
  ASSAY_ASSIGN(const auto elements, value.as_list());
  std::vector<std::int64_t> shape;
  std::int64_t count = 1;
  for (const JsonValue& element : elements) {
    ASSAY_ASSIGN(const std::int64_t size, element.as_integer(1, kMaxDimension));
    if (size > kMaxElements / count) {
      return value.error(fmt::format("has more than {} elements", kMaxElements));
    }
    count *= size;
    shape.push_back(size);
  }
  return shape;
}

Result<TensorSpec> read_tensor_spec(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"name", "dtype", "shape"}));
  TensorSpec spec;
  ASSAY_ASSIGN(spec.name, read_name(value));
  ASSAY_ASSIGN(const JsonValue dtype_value, value.require("dtype"));
  ASSAY_ASSIGN(const std::string dtype, dtype_value.as_text());
  const auto known = dtype_from_name(dtype);
  if (!known) {
    return dtype_value.error(fmt::format(
        "unknown dtype '{}'; known are float32, float64, float16, bfloat16, int64, int32, int16, "
        "int8, uint8, bool",
        dtype));
  }
  spec.dtype = *known;
  ASSAY_ASSIGN(const JsonValue shape, value.require("shape"));
  ASSAY_ASSIGN(spec.shape, read_shape(shape));
  return spec;
}

Result<std::size_t> read_tensor_reference(const JsonValue& link, std::string_view key,
                                          const std::vector<TensorSpec>& specs) {
  ASSAY_ASSIGN(const JsonValue value, link.require(key));
  ASSAY_ASSIGN(const std::string name, value.as_text());
  const auto names = names_of(specs);
  ASSAY_TRY(check_known(value, fmt::format("model {}", key), name, names));
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

Result<std::vector<StateLink>> read_state(const JsonValue& model, const ModelSpec& spec) {
  std::vector<StateLink> links;
  const auto state = model.find("state");
  if (!state) {
    return links;
  }
  ASSAY_ASSIGN(const auto elements, state->as_list());
  for (const JsonValue& element : elements) {
    ASSAY_TRY(element.expect_object({"input", "output"}));
    StateLink link;
    ASSAY_ASSIGN(link.input, read_tensor_reference(element, "input", spec.inputs));
    ASSAY_ASSIGN(link.output, read_tensor_reference(element, "output", spec.outputs));
    const TensorSpec& input = spec.inputs[link.input];
    const TensorSpec& output = spec.outputs[link.output];
    if (input.dtype != output.dtype || input.shape != output.shape) {
      return element.error(fmt::format("input '{}' is {}, but output '{}' is {}", input.name,
                                       input.describe(), output.name, output.describe()));
    }
    const auto same_input = [&](const StateLink& other) { return other.input == link.input; };
    if (std::any_of(links.begin(), links.end(), same_input)) {
      return element.error(fmt::format("input '{}' is fed by two links", input.name));
    }
    links.push_back(link);
  }
  return links;
}

Result<ModelSpec> read_model(const JsonValue& value, const std::filesystem::path& folder) {
  ASSAY_TRY(
      value.expect_object({"name", "method", "weights", "inputs", "outputs", "state", "variants"}));
  ModelSpec model;
  ASSAY_ASSIGN(model.name, read_name(value));
  if (value.find("method")) {
    ASSAY_ASSIGN(model.method, read_name(value, "method"));
  }
  ASSAY_ASSIGN(const JsonValue weights_value, value.require("weights"));
  ASSAY_ASSIGN(const std::string weights, weights_value.as_text());
  if (weights != "trained" && weights != "seeded") {
    return weights_value.error("must be \"trained\" or \"seeded\", not " + weights_value.shown());
  }
  model.weights = weights == "trained" ? WeightsKind::kTrained : WeightsKind::kSeeded;
  ASSAY_ASSIGN(model.inputs, read_named_list<TensorSpec>(value, "inputs", read_tensor_spec));
  ASSAY_ASSIGN(model.outputs, read_named_list<TensorSpec>(value, "outputs", read_tensor_spec));
  ASSAY_ASSIGN(model.state, read_state(value, model));
  const auto read_one = [&](const JsonValue& element) { return read_variant(element, folder); };
  ASSAY_ASSIGN(model.variants, read_named_list<VariantSpec>(value, "variants", read_one));
  return model;
}

Result<ReferenceSpec> read_reference(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"runtime", "model_sha256"}));
  ReferenceSpec reference;
  ASSAY_ASSIGN(reference.runtime, read_name(value, "runtime"));
  ASSAY_ASSIGN(const JsonValue sha256, value.require("model_sha256"));
  ASSAY_ASSIGN(reference.model_sha256, read_sha256(sha256));
  return reference;
}

Result<std::optional<double>> read_deadline(const JsonValue& root) {
  const auto budget = root.find("budget");
  if (!budget) {
    return std::optional<double>();
  }
  ASSAY_TRY(budget->expect_object({"deadline_ms"}));
  ASSAY_ASSIGN(const JsonValue deadline, budget->require("deadline_ms"));
  ASSAY_ASSIGN(const double deadline_ms, read_positive(deadline, kMaxSeconds * 1000));
  return std::optional<double>(deadline_ms);
}

Result<MeasureSpec> read_measure(const JsonValue& root) {
  MeasureSpec measure;
  const auto value = root.find("measure");
  if (!value) {
    return measure;
  }
  ASSAY_TRY(value->expect_object(
      {"min_time_s", "min_runs", "max_time_s", "warmup_runs", "warmup_time_s", "timeout_s"}));
  if (const auto min_time = value->find("min_time_s")) {
    ASSAY_ASSIGN(measure.bounds.min_time_s, read_positive(*min_time, kMostMeasuredSeconds));
  }
  if (const auto min_runs = value->find("min_runs")) {
    ASSAY_ASSIGN(const std::int64_t runs, min_runs->as_integer(1, kMostMinRuns));
    measure.bounds.min_runs = static_cast<std::uint64_t>(runs);
  }
  if (const auto max_time = value->find("max_time_s")) {
    ASSAY_ASSIGN(measure.bounds.max_time_s, read_positive(*max_time, kMostMeasuredSeconds));
    if (const std::string problem = find_contradiction(measure.bounds); !problem.empty()) {
      return max_time->error(problem);
    }
  }
  if (const auto warmup_time = value->find("warmup_time_s")) {
    ASSAY_ASSIGN(measure.warmup_time_s, read_positive(*warmup_time, kMaxSeconds));
  }
  if (const auto warmup = value->find("warmup_runs")) {
    ASSAY_ASSIGN(const std::int64_t runs, warmup->as_integer(0, kMaxWarmupRuns));
    measure.warmup_runs = static_cast<std::uint64_t>(runs);
  }
  if (const auto timeout = value->find("timeout_s")) {
    ASSAY_ASSIGN(measure.timeout_s, read_positive(*timeout, kMaxSeconds));
  }
  return measure;
}

/// The variants or cases that a threshold is for; empty when the key is not there.
Result<std::vector<std::string>> read_selection(const JsonValue& threshold, std::string_view key,
                                                std::string_view what,
                                                std::span<const std::string> known) {
  std::vector<std::string> selected;
  const auto list = threshold.find(key);
  if (!list) {
    return selected;
  }
  ASSAY_ASSIGN(const auto elements, list->as_nonempty_list());
  for (const JsonValue& element : elements) {
    ASSAY_ASSIGN(auto name, element.as_text());
    ASSAY_TRY(check_known(element, what, name, known));
    selected.push_back(std::move(name));
  }
  return selected;
}

Result<std::optional<double>> read_bound(const JsonValue& threshold, std::string_view key) {
  const auto value = threshold.find(key);
  if (!value) {
    return std::optional<double>();
  }
  ASSAY_ASSIGN(const double number, value->as_number());
  return std::optional<double>(number);
}

Result<ThresholdSpec> read_threshold(const JsonValue& value, const SuiteManifest& manifest) {
  ASSAY_TRY(value.expect_object({"metric", "variants", "cases", "min", "max", "why"}));
  ThresholdSpec threshold;
  ASSAY_ASSIGN(const JsonValue metric, value.require("metric"));
  ASSAY_ASSIGN(threshold.metric, metric.as_text());
  if (find_metric(threshold.metric) == nullptr) {
    std::vector<std::string> ids;
    for (const MetricInfo& info : metric_catalogue()) {
      ids.emplace_back(info.id);
    }
    return check_known(metric, "metric", threshold.metric, ids).error();
  }
  ASSAY_ASSIGN(threshold.variants,
               read_selection(value, "variants", "variant", names_of(manifest.model.variants)));
  ASSAY_ASSIGN(threshold.cases, read_selection(value, "cases", "case", names_of(manifest.cases)));
  ASSAY_ASSIGN(threshold.min, read_bound(value, "min"));
  ASSAY_ASSIGN(threshold.max, read_bound(value, "max"));
  if (!threshold.min && !threshold.max) {
    return value.error("needs 'min' or 'max'");
  }
  if (threshold.min && threshold.max && *threshold.min > *threshold.max) {
    return value.error(fmt::format("min {} is above max {}", *threshold.min, *threshold.max));
  }
  ASSAY_ASSIGN(threshold.why, read_optional_text(value, "why"));
  return threshold;
}

Status read_thresholds(const JsonValue& root, SuiteManifest& manifest) {
  const auto list = root.find("thresholds");
  if (!list) {
    return {};
  }
  ASSAY_ASSIGN(const auto elements, list->as_list());
  for (const JsonValue& element : elements) {
    ASSAY_ASSIGN(auto threshold, read_threshold(element, manifest));
    manifest.thresholds.push_back(std::move(threshold));
  }
  return {};
}

/// Each task may have an object of its own beside the keys that all suites have.
Status check_keys(const JsonValue& root, TaskList tasks) {
  std::vector<std::string> known{"version", "name",      "description", "task",
                                 "model",   "reference", "backends",    "fallback",
                                 "budget",  "measure",   "cases",       "thresholds"};
  for (const Task* task : tasks) {
    known.emplace_back(task->name());
  }
  for (const auto& [key, value] : root.members()) {
    if (std::ranges::find(known, key) == known.end()) {
      return value.error("unknown key; " + known_names_hint(key, known));
    }
  }
  return {};
}

/// The task that a manifest is of. Errors: kUsage, naming the known ones.
Result<const Task*> read_task(const JsonValue& root, TaskList tasks) {
  ASSAY_ASSIGN(const JsonValue value, root.require("task"));
  ASSAY_ASSIGN(const std::string name, value.as_text());
  if (const Task* task = find_task(tasks, name)) {
    return task;
  }
  std::set<std::string_view> known;
  for (const Task* task : tasks) {
    known.insert(task->name());
  }
  return value.error(fmt::format("unknown task '{}'; known are {}", name, fmt::join(known, ", ")));
}

Status check_version(const JsonValue& root) {
  ASSAY_TRY(root.expect_object());
  ASSAY_ASSIGN(const JsonValue value, root.require("version"));
  ASSAY_ASSIGN(const std::int64_t version, value.as_integer(1, INT64_MAX));
  if (version > kFormatVersion) {
    return value.error(fmt::format("version {} is newer than this assay reads ({}); update assay",
                                   version, kFormatVersion));
  }
  return {};
}

}  // namespace

Result<SuiteManifest> parse_manifest(std::string_view text, const std::filesystem::path& file,
                                     TaskList tasks) {
  ASSAY_ASSIGN(const JsonValue root, JsonValue::parse(text, file.string(), ErrorCode::kUsage));
  // First, because the keys of a newer version are unknown to this one, and those of an unknown
  // task.
  ASSAY_TRY(check_version(root));
  SuiteManifest manifest;
  if (!root.find("task")) {  // a misspelt key says more than a missing one
    ASSAY_TRY(check_keys(root, tasks));
  }
  ASSAY_ASSIGN(manifest.task, read_task(root, tasks));
  ASSAY_TRY(check_keys(root, tasks));
  std::error_code no_working_folder;
  manifest.file = std::filesystem::absolute(file, no_working_folder).lexically_normal();
  const auto folder = manifest.file.parent_path();
  manifest.sha256 = sha256_hex(std::as_bytes(std::span(text)));
  ASSAY_ASSIGN(manifest.name, read_name(root));
  ASSAY_ASSIGN(manifest.description, read_optional_text(root, "description"));
  ASSAY_ASSIGN(const JsonValue own, root.require(manifest.task->name()));
  ASSAY_ASSIGN(manifest.task_part, manifest.task->read_suite(own, folder));
  ASSAY_ASSIGN(const JsonValue model, root.require("model"));
  ASSAY_ASSIGN(manifest.model, read_model(model, folder));
  ASSAY_TRY(read_backend_choice(root, manifest));
  ASSAY_ASSIGN(const JsonValue reference, root.require("reference"));
  ASSAY_ASSIGN(manifest.reference, read_reference(reference));
  ASSAY_ASSIGN(manifest.deadline_ms, read_deadline(root));
  ASSAY_ASSIGN(manifest.measure, read_measure(root));
  const auto read_one = [&](const JsonValue& value) {
    return manifest.task->read_case(value, folder);
  };
  ASSAY_ASSIGN(manifest.cases, read_named_list<CaseSpec>(root, "cases", read_one));
  ASSAY_TRY(read_thresholds(root, manifest));
  return manifest;
}

Result<SuiteManifest> load_manifest(const std::filesystem::path& file, TaskList tasks) {
  ASSAY_ASSIGN(const std::string text, read_text_file(file));
  return parse_manifest(text, file, tasks);
}

}  // namespace assay::suites
