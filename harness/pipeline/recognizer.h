#pragma once

// From a stretch of speech to words: front end, encoder, greedy CTC, each timed.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/engine.h>
#include <harness/model/manifest.h>
#include <suites/tasks/asr/asr_manifest.h>
#include <suites/tasks/asr/log_mel.h>
#include <suites/tasks/asr/word_vocabulary.h>

namespace assay::pipeline {

struct Recognition {
  std::string text;               ///< words with one space between; empty: none were heard
  std::int64_t front_end_ns = 0;  ///< log-mel of all windows
  std::int64_t model_ns = 0;      ///< the encoder on all windows, copies in and out included
  std::int64_t decode_ns = 0;     ///< from logits to text
};

class Recognizer {
 public:
  /// `task` is that of a suite of task `asr` with a vocabulary: input "mel", output "logits".
  /// Errors: kUnsupported, when the loaded model has other tensors, or the vocabulary another size.
  static Result<Recognizer> create(std::unique_ptr<Session> session, const ModelSpec& model,
                                   const suites::AsrSuite& task, suites::WordVocabulary vocabulary);

  /// Samples in [-1, 1] at the task's rate, cut by suites::cut_windows(). Errors: kEngine; logits
  /// that are not finite.
  Result<Recognition> transcribe(std::span<const float> samples);

 private:
  Recognizer(std::unique_ptr<Session> session, const suites::AsrSuite& task,
             suites::WordVocabulary vocabulary);

  std::unique_ptr<Session> session_;
  suites::AsrSuite task_;
  suites::WordVocabulary vocabulary_;
  suites::LogMel front_end_;
  std::size_t logits_output_ = 0;
  std::vector<float> window_;
  std::vector<float> mel_;
};

}  // namespace assay::pipeline
