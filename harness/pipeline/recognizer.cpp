#include <algorithm>
#include <cmath>
#include <cstring>

#include <harness/base/clock.h>
#include <harness/pipeline/recognizer.h>
#include <suites/model_tensors.h>
#include <suites/tasks/asr/asr_windows.h>
#include <suites/tasks/asr/ctc.h>

namespace assay::pipeline {

Recognizer::Recognizer(std::unique_ptr<Session> session, const suites::AsrSuite& task,
                       suites::WordVocabulary vocabulary)
    : session_(std::move(session)),
      task_(task),
      vocabulary_(std::move(vocabulary)),
      front_end_(task.mel_bins),
      window_(task.window_samples),
      mel_(task.mel_bins * suites::LogMel::frames(task.window_samples)) {}

Result<Recognizer> Recognizer::create(std::unique_ptr<Session> session, const ModelSpec& model,
                                      const suites::AsrSuite& task,
                                      suites::WordVocabulary vocabulary) {
  Recognizer recognizer(std::move(session), task, std::move(vocabulary));
  const MethodFacts& facts = recognizer.session_->facts();
  recognizer.logits_output_ = suites::index_of(model.outputs, "logits");
  if (facts.inputs.size() != 1 || facts.inputs[0].dtype != DType::kFloat32 ||
      facts.inputs[0].element_count() != recognizer.mel_.size()) {
    return make_error(ErrorCode::kUnsupported,
                      "the speech model takes {}, its suite feeds a log-mel of {} values",
                      facts.inputs.empty() ? "nothing" : facts.inputs[0].describe(),
                      recognizer.mel_.size());
  }
  const std::size_t logits = task.frames_per_window() * recognizer.vocabulary_.words.size();
  if (recognizer.logits_output_ >= facts.outputs.size() ||
      facts.outputs[recognizer.logits_output_].element_count() != logits) {
    return make_error(ErrorCode::kUnsupported,
                      "the speech model has no output 'logits' of {} frames over the {} words of "
                      "its vocabulary",
                      task.frames_per_window(), recognizer.vocabulary_.words.size());
  }
  return recognizer;
}

Result<Recognition> Recognizer::transcribe(std::span<const float> samples) {
  Recognition result;
  std::vector<std::int32_t> labels;
  const std::size_t words = vocabulary_.words.size();
  for (const suites::SpeechWindow& window : suites::cut_windows(samples.size(), task_)) {
    const std::int64_t begin = now_ns();
    const auto part = samples.subspan(window.start, window.samples);
    std::fill(std::copy(part.begin(), part.end(), window_.begin()), window_.end(), 0.0F);
    front_end_.compute(window_, mel_);
    const std::int64_t featured = now_ns();
    std::memcpy(session_->input(0).data(), mel_.data(), mel_.size() * sizeof(float));
    ASSAY_TRY(session_->execute());
    ASSAY_ASSIGN(const auto bytes, session_->output(logits_output_));
    const std::int64_t executed = now_ns();
    const std::span logits(reinterpret_cast<const float*>(bytes.data()),
                           bytes.size() / sizeof(float));
    const auto own = logits.subspan(window.first_frame * words, window.frames() * words);
    if (!std::ranges::all_of(own, [](float value) { return std::isfinite(value); })) {
      return make_error(ErrorCode::kEngine, "the speech model gave logits that are not finite");
    }
    const std::vector<std::int32_t> best = suites::best_labels(own, words);
    labels.insert(labels.end(), best.begin(), best.end());
    result.front_end_ns += featured - begin;
    result.model_ns += executed - featured;
    result.decode_ns += now_ns() - executed;
  }
  const std::int64_t begin = now_ns();
  result.text = vocabulary_.text(suites::collapse_labels(labels, vocabulary_.blank));
  result.decode_ns += now_ns() - begin;
  return result;
}

}  // namespace assay::pipeline
