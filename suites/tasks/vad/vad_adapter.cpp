#include <algorithm>
#include <charconv>
#include <cmath>

#include <datasets/audio_reader.h>
#include <golden/comparators.h>
#include <golden/golden_file.h>
#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <suites/model_tensors.h>
#include <suites/tasks/vad/speech_labels.h>
#include <suites/tasks/vad/vad_adapter.h>
#include <suites/tasks/vad/vad_scoring.h>

namespace assay::suites {
namespace {

constexpr std::string_view kVadTask = "vad";
constexpr std::string_view kChunkInput = "chunk";
constexpr std::string_view kScoreOutput = "score";
constexpr std::string_view kHiddenOutput = "h";
constexpr std::string_view kCellOutput = "c";

class VadReference : public Reference {
 public:
  const std::string& golden_sha256() const override { return sha256; }

  std::string sha256;
  std::vector<float> scores;
  std::vector<float> state_h;  ///< of the chunks 0, state_stride, 2 * state_stride, ...
  std::vector<float> state_c;
  std::size_t state_stride = 1;
  std::optional<std::vector<bool>> labels;
};

/// Every `stride`th row of `values`, from the first on.
std::vector<float> thin_rows(const std::vector<float>& values, std::size_t width,
                             std::size_t stride) {
  if (stride == 1) {
    return values;
  }
  std::vector<float> kept;
  for (std::size_t row = 0; (row + 1) * width <= values.size(); row += stride) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * width);
    kept.insert(kept.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return kept;
}

/// One value a chunk again: what is not known holds until the next that is.
std::vector<float> hold_between(const std::vector<float>& values, std::size_t stride,
                                std::size_t steps) {
  std::vector<float> held(steps);
  for (std::size_t i = 0; i < steps; ++i) {
    held[i] = values[i / stride];
  }
  return held;
}

/// How many chunks a golden's states are apart: its metadata "state_stride", by default 1.
Result<std::size_t> read_state_stride(const golden::GoldenFile& golden) {
  const auto found = golden.contents.metadata.find("state_stride");
  if (found == golden.contents.metadata.end()) {
    return 1;
  }
  std::size_t stride = 0;
  const std::string& text = found->second;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), stride);
  if (code != std::errc{} || end != text.data() + text.size() || stride == 0) {
    return make_error(ErrorCode::kCorrupt, "golden '{}': state_stride must be 1 or more, not '{}'",
                      golden.name, text);
  }
  return stride;
}

/// Finds a float32 output. `elements`: what it must have; 0 for any.
Status check_output(const SuiteManifest& manifest, std::string_view name, std::size_t elements) {
  const auto& outputs = manifest.model.outputs;
  const std::size_t index = index_of(outputs, name);
  if (index == outputs.size()) {
    return model_error(manifest, kVadTask, fmt::format("needs an output '{}'", name));
  }
  const TensorSpec& spec = outputs[index];
  if (spec.dtype != DType::kFloat32 || (elements != 0 && spec.element_count() != elements)) {
    return model_error(
        manifest, kVadTask,
        fmt::format("needs output '{}' to be float32{}, not {}", name,
                    elements == 0 ? "" : fmt::format(" with {} element(s)", elements),
                    spec.describe()));
  }
  return {};
}

Status check_provenance(const golden::GoldenFile& golden, const SuiteManifest& manifest,
                        const VadSuite& task, const CaseSpec& spec, const PreparedInputs& inputs) {
  const auto differs = [&](std::string_view what, const auto& found, const auto& wanted,
                           std::string_view advice) {
    return make_error(ErrorCode::kCorrupt, "golden '{}' is for {} {}, but this case has {}; {}",
                      golden.name, what, found, wanted, advice);
  };
  constexpr std::string_view kRemake = "make the golden again (scripts/make_golden.py)";
  if (golden.task != "vad") {
    return differs("task", golden.task, "vad", kRemake);
  }
  if (golden.model_sha256 != manifest.reference.model_sha256) {
    return differs("reference model", golden.model_sha256, manifest.reference.model_sha256,
                   "it is of another model: make it again, or correct /reference/model_sha256");
  }
  if (golden.input_sha256 != inputs.input_sha256) {
    return differs(
        "a WAV with SHA-256", golden.input_sha256,
        fmt::format("{} ('{}')", inputs.input_sha256, spec.task_part.as<VadCase>().wav.string()),
        kRemake);
  }
  const auto check_number = [&](const char* key, auto wanted) -> Status {
    const auto found = golden.contents.metadata.find(key);
    if (found != golden.contents.metadata.end() && found->second != fmt::to_string(wanted)) {
      return differs(key, found->second, wanted, kRemake);
    }
    return {};
  };
  ASSAY_TRY(check_number("sample_rate_hz", task.sample_rate_hz));
  ASSAY_TRY(check_number("chunk_samples", task.chunk_samples));
  ASSAY_TRY(check_number("context_samples", task.context_samples));
  return {};
}

Result<std::vector<bool>> load_labels(const std::filesystem::path& path, const VadSuite& task,
                                      const PreparedInputs& inputs) {
  ASSAY_ASSIGN(const auto labels, read_speech_labels(path));
  const auto clip_samples =
      static_cast<std::size_t>(std::llround(inputs.audio_seconds * task.sample_rate_hz));
  if (labels.sample_rate_hz != task.sample_rate_hz || labels.samples != clip_samples) {
    return make_error(ErrorCode::kCorrupt,
                      "labels '{}' are for {} samples at {} Hz, but the clip has {} at {} Hz",
                      path.string(), labels.samples, labels.sample_rate_hz, clip_samples,
                      task.sample_rate_hz);
  }
  return label_chunks(labels, task.chunk_samples);
}

void add_accuracy(CaseScores& result, const golden::ErrorSummary& score,
                  const golden::ErrorSummary& hidden, const golden::ErrorSummary& cell) {
  result.scores.push_back({.metric = "score_max_abs_error", .value = score.max_abs});
  result.scores.push_back({.metric = "score_mean_abs_error", .value = score.mean_abs});
  result.scores.push_back({.metric = "score_sqnr_db", .value = score.sqnr_db});
  result.scores.push_back({.metric = "score_cosine", .value = score.cosine});
  result.scores.push_back({.metric = "state_h_max_abs_error", .value = hidden.max_abs});
  result.scores.push_back({.metric = "state_h_sqnr_db", .value = hidden.sqnr_db});
  result.scores.push_back({.metric = "state_c_max_abs_error", .value = cell.max_abs});
  result.scores.push_back({.metric = "state_c_sqnr_db", .value = cell.sqnr_db});
}

void add_divergence(CaseScores& result, const std::vector<float>& score_error) {
  const auto diverged = std::find_if(score_error.begin(), score_error.end(), [](float error) {
    return static_cast<double>(error) > kDivergenceTolerance;
  });
  if (diverged != score_error.end()) {
    result.scores.push_back({.metric = "first_divergence_chunk",
                             .value = static_cast<double>(diverged - score_error.begin())});
  }
}

/// Decisions against the golden's.
void add_decisions(CaseScores& result, const VadReference& reference,
                   const std::vector<float>& scores, double threshold) {
  const auto expected = decide(reference.scores, threshold);
  const auto decisions = decide(scores, threshold, expected);
  const auto flips = static_cast<double>(count_flips(expected, decisions));
  const SegmentChanges changes = segment_changes(expected, decisions);
  result.scores.push_back({.metric = "decision_flips", .value = flips});
  result.scores.push_back(
      {.metric = "decision_flip_rate", .value = flips / static_cast<double>(expected.size())});
  result.scores.push_back(
      {.metric = "segments_gained", .value = static_cast<double>(changes.gained)});
  result.scores.push_back({.metric = "segments_lost", .value = static_cast<double>(changes.lost)});
}

/// Decisions and scores against the labels.
void add_labelled(CaseScores& result, const std::vector<bool>& labels,
                  const std::vector<float>& scores, double threshold) {
  const FrameQuality quality = frame_quality(decide(scores, threshold, labels), labels);
  const auto add = [&](std::string metric, const std::optional<double>& value) {
    if (value) {
      result.scores.push_back({.metric = std::move(metric), .value = *value});
    }
  };
  add("frame_precision", quality.precision);
  add("frame_recall", quality.recall);
  add("frame_f1", quality.f1);
  add("roc_auc", roc_auc(scores, labels));
  result.series["label"] = std::vector<float>(labels.begin(), labels.end());
}

/// Absent when no score is finite.
void add_largest(CaseScores& result, const std::vector<float>& scores) {
  std::optional<float> largest;
  for (const float score : scores) {
    if (std::isfinite(score) && (!largest || score > *largest)) {
      largest = score;
    }
  }
  if (largest) {
    result.scores.push_back({.metric = "score_max", .value = static_cast<double>(*largest)});
  }
}

/// The states of an output at the chunks that the golden has.
std::vector<float> states_of(const VadReference& golden, const SuiteManifest& manifest,
                             const CaseOutputs& outputs, std::string_view name) {
  const auto& specs = manifest.model.outputs;
  const std::size_t width = specs[index_of(specs, name)].element_count();
  return thin_rows(output_values(manifest, outputs, name, golden.scores.size() * width), width,
                   golden.state_stride);
}

}  // namespace

Status VadAdapter::check_model() const {
  const auto& inputs = manifest_->model.inputs;
  const std::size_t chunk = index_of(inputs, kChunkInput);
  const std::size_t window = task_->context_samples + task_->chunk_samples;
  if (chunk == inputs.size()) {
    return model_error(*manifest_, kVadTask,
                       fmt::format("feeds an input '{}', which is missing", kChunkInput));
  }
  if (inputs[chunk].dtype != DType::kFloat32 || inputs[chunk].element_count() != window) {
    return model_error(
        *manifest_, kVadTask,
        fmt::format("feeds input '{}' with {} float32 samples ({} of context and {} new), "
                    "but the manifest says {}",
                    kChunkInput, window, task_->context_samples, task_->chunk_samples,
                    inputs[chunk].describe()));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto& state = manifest_->model.state;
    const bool linked = std::any_of(state.begin(), state.end(),
                                    [&](const StateLink& link) { return link.input == i; });
    if (linked && i == chunk) {
      return model_error(
          *manifest_, kVadTask,
          fmt::format("feeds input '{}' itself; it cannot be in /model/state", kChunkInput));
    }
    if (!linked && i != chunk) {
      return model_error(
          *manifest_, kVadTask,
          fmt::format("does not feed input '{}', and it is not in /model/state", inputs[i].name));
    }
  }
  ASSAY_TRY(check_output(*manifest_, kScoreOutput, 1));
  ASSAY_TRY(check_output(*manifest_, kHiddenOutput, 0));
  return check_output(*manifest_, kCellOutput, 0);
}

Result<PreparedInputs> VadAdapter::make_inputs(const CaseSpec& spec) const {
  ASSAY_TRY(check_model());
  const auto& own = spec.task_part.as<VadCase>();
  ASSAY_ASSIGN(const auto bytes, read_binary_file(own.wav));
  ASSAY_ASSIGN(const auto samples,
               datasets::decode_audio(bytes, own.wav.string(), task_->sample_rate_hz));
  const std::size_t steps = (samples.size() + task_->chunk_samples - 1) / task_->chunk_samples;
  std::vector<float> padded(task_->context_samples + steps * task_->chunk_samples, 0.0F);
  std::copy(samples.begin(), samples.end(),
            padded.begin() + static_cast<std::ptrdiff_t>(task_->context_samples));
  PreparedInputs prepared;
  prepared.inputs.step_count = steps;
  prepared.inputs.state = manifest_->model.state;
  prepared.inputs.inputs.push_back(
      {.input = index_of(manifest_->model.inputs, kChunkInput),
       .stride_elements = task_->chunk_samples,
       .data = Tensor::from_floats(std::string(kChunkInput),
                                   {static_cast<std::int64_t>(padded.size())}, padded)});
  prepared.audio_seconds = static_cast<double>(samples.size()) / task_->sample_rate_hz;
  prepared.input_sha256 = sha256_hex(bytes);
  return prepared;
}

Result<std::unique_ptr<Reference>> VadAdapter::load_reference(const CaseSpec& spec,
                                                              const PreparedInputs& inputs) const {
  ASSAY_ASSIGN(const auto golden, golden::read_golden(spec.golden));
  ASSAY_TRY(check_provenance(golden, *manifest_, *task_, spec, inputs));
  const auto steps = static_cast<std::int64_t>(inputs.inputs.step_count);
  const auto width = [&](std::string_view output) {
    const auto& outputs = manifest_->model.outputs;
    return static_cast<std::int64_t>(outputs[index_of(outputs, output)].element_count());
  };
  auto reference = std::make_unique<VadReference>();
  reference->sha256 = golden.sha256;
  ASSAY_ASSIGN(reference->scores, golden.floats("scores", {steps}));
  ASSAY_ASSIGN(reference->state_stride, read_state_stride(golden));
  const auto stride = static_cast<std::int64_t>(reference->state_stride);
  const std::int64_t states = (steps + stride - 1) / stride;
  ASSAY_ASSIGN(reference->state_h, golden.floats("state_h", {states, width(kHiddenOutput)}));
  ASSAY_ASSIGN(reference->state_c, golden.floats("state_c", {states, width(kCellOutput)}));
  if (const auto& labels = spec.task_part.as<VadCase>().labels) {
    ASSAY_ASSIGN(reference->labels, load_labels(*labels, *task_, inputs));
  }
  return std::unique_ptr<Reference>(std::move(reference));
}

std::unique_ptr<Reference> VadAdapter::reference_from(const Reference& like,
                                                      const CaseOutputs& outputs) const {
  const auto& golden = dynamic_cast<const VadReference&>(like);
  auto reference = std::make_unique<VadReference>(golden);
  reference->scores = output_values(*manifest_, outputs, kScoreOutput, golden.scores.size());
  reference->state_h = states_of(golden, *manifest_, outputs, kHiddenOutput);
  reference->state_c = states_of(golden, *manifest_, outputs, kCellOutput);
  return reference;
}

CaseScores VadAdapter::score(const Reference& reference, const CaseOutputs& outputs) const {
  const auto& golden = dynamic_cast<const VadReference&>(reference);
  const std::size_t steps = golden.scores.size();
  const auto scores = output_values(*manifest_, outputs, kScoreOutput, steps);
  auto score_errors = golden::summarize_row_errors(golden.scores, scores, 1);
  const std::size_t states = (steps + golden.state_stride - 1) / golden.state_stride;
  auto hidden_errors = golden::summarize_row_errors(
      golden.state_h, states_of(golden, *manifest_, outputs, kHiddenOutput),
      golden.state_h.size() / states);
  auto cell_errors = golden::summarize_row_errors(
      golden.state_c, states_of(golden, *manifest_, outputs, kCellOutput),
      golden.state_c.size() / states);

  CaseScores result;
  result.decision_threshold = task_->threshold;
  add_accuracy(result, score_errors.total, hidden_errors.total, cell_errors.total);
  result.scores.push_back(
      {.metric = "nonfinite_count",
       .value = static_cast<double>(count_nonfinite_outputs(*manifest_, outputs, steps))});
  add_divergence(result, score_errors.row_max_abs);
  add_decisions(result, golden, scores, task_->threshold);
  if (golden.labels) {
    add_labelled(result, *golden.labels, scores, task_->threshold);
  }
  add_largest(result, scores);
  result.series["score"] = scores;
  result.series["golden_score"] = golden.scores;
  result.series["score_error"] = std::move(score_errors.row_max_abs);
  result.series["state_h_error"] =
      hold_between(hidden_errors.row_max_abs, golden.state_stride, steps);
  result.series["state_c_error"] =
      hold_between(cell_errors.row_max_abs, golden.state_stride, steps);
  return result;
}

}  // namespace assay::suites
