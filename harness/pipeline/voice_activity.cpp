#include <algorithm>
#include <cstring>
#include <string_view>

#include <harness/pipeline/voice_activity.h>

namespace assay::pipeline {
namespace {

/// Whether the method has the tensors that the suite names, in its order.
Status check_tensors(const std::vector<TensorSpec>& found, const std::vector<TensorSpec>& wanted,
                     std::string_view kind) {
  for (std::size_t i = 0; i < std::max(found.size(), wanted.size()); ++i) {
    if (i >= found.size() || i >= wanted.size() || found[i].dtype != wanted[i].dtype ||
        found[i].shape != wanted[i].shape) {
      return make_error(ErrorCode::kUnsupported,
                        "{} {} of the voice activity model is {}, its suite says {}", kind, i,
                        i < found.size() ? found[i].describe() : "missing",
                        i < wanted.size() ? wanted[i].describe() : "nothing");
    }
  }
  return {};
}

Result<std::size_t> find(const std::vector<TensorSpec>& specs, std::string_view name) {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].name == name) {
      return i;
    }
  }
  return make_error(ErrorCode::kUnsupported, "the voice activity model has no tensor '{}'", name);
}

}  // namespace

Result<VoiceActivity> VoiceActivity::create(std::unique_ptr<Session> session,
                                            const ModelSpec& model, const suites::VadSuite& task) {
  ASSAY_TRY(check_tensors(session->facts().inputs, model.inputs, "input"));
  ASSAY_TRY(check_tensors(session->facts().outputs, model.outputs, "output"));
  VoiceActivity activity(std::move(session), task);
  ASSAY_ASSIGN(activity.chunk_input_, find(model.inputs, "chunk"));
  ASSAY_ASSIGN(activity.score_output_, find(model.outputs, "score"));
  activity.state_ = model.state;
  activity.window_.resize(task.context_samples + task.chunk_samples);
  if (model.inputs[activity.chunk_input_].element_count() != activity.window_.size()) {
    return make_error(
        ErrorCode::kUnsupported,
        "the voice activity model takes {}, not {} samples of context and {} new ones",
        model.inputs[activity.chunk_input_].describe(), task.context_samples, task.chunk_samples);
  }
  activity.reset();
  return activity;
}

void VoiceActivity::reset() {
  std::fill(window_.begin(), window_.end(), 0.0F);
  for (const StateLink& link : state_) {
    std::ranges::fill(session_->input(link.input), std::byte{0});
  }
}

Result<double> VoiceActivity::score(std::span<const float> chunk) {
  // The end of the chunk before is the context of this one.
  std::copy(window_.end() - static_cast<std::ptrdiff_t>(task_.context_samples), window_.end(),
            window_.begin());
  std::copy(chunk.begin(), chunk.end(),
            window_.begin() + static_cast<std::ptrdiff_t>(task_.context_samples));
  std::memcpy(session_->input(chunk_input_).data(), window_.data(), window_.size() * sizeof(float));
  ASSAY_TRY(session_->execute());
  for (const StateLink& link : state_) {
    ASSAY_ASSIGN(const auto bytes, session_->output(link.output));
    std::copy(bytes.begin(), bytes.end(), session_->input(link.input).begin());
  }
  ASSAY_ASSIGN(const auto bytes, session_->output(score_output_));
  float score = 0;
  std::memcpy(&score, bytes.data(), sizeof(score));
  return static_cast<double>(score);
}

}  // namespace assay::pipeline
