#pragma once

// A voice activity detector fed with audio as it comes: one score a chunk.

#include <memory>
#include <span>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/engine.h>
#include <harness/model/manifest.h>
#include <suites/tasks/vad/vad_manifest.h>

namespace assay::pipeline {

class VoiceActivity {
 public:
  /// `model` and `task` are those of a suite of task `vad`: input "chunk" (context, then new
  /// samples), output "score", and the state that goes around. Errors: kUnsupported, when the
  /// loaded model has other tensors than the suite says.
  static Result<VoiceActivity> create(std::unique_ptr<Session> session, const ModelSpec& model,
                                      const suites::VadSuite& task);

  std::size_t chunk_samples() const { return task_.chunk_samples; }
  const suites::VadSuite& task() const { return task_; }

  /// Forgets everything that was heard.
  void reset();
  /// The score of the next chunk: chunk_samples() samples in [-1, 1]. Errors: kEngine.
  Result<double> score(std::span<const float> chunk);

 private:
  VoiceActivity(std::unique_ptr<Session> session, const suites::VadSuite& task)
      : session_(std::move(session)), task_(task) {}

  std::unique_ptr<Session> session_;
  suites::VadSuite task_;
  std::vector<StateLink> state_;
  std::size_t chunk_input_ = 0;
  std::size_t score_output_ = 0;
  std::vector<float> window_;  ///< context, then the chunk
};

}  // namespace assay::pipeline
