#include <algorithm>

#include <harness/pipeline/endpointer.h>

namespace assay::pipeline {

std::optional<SpeechSegment> Endpointer::push(double score) {
  const std::size_t chunk_begin = heard_;
  heard_ += chunk_samples_;
  if (!speaking_) {
    if (score >= rule_.threshold) {
      speaking_ = true;
      speech_from_ = chunk_begin;
      speech_to_ = heard_;
    }
    return std::nullopt;
  }
  if (score >= rule_.threshold - rule_.hysteresis) {
    speech_to_ = heard_;
    return std::nullopt;
  }
  if (heard_ - speech_to_ < rule_.min_silence) {
    return std::nullopt;
  }
  speaking_ = false;
  if (speech_to_ - speech_from_ < rule_.min_speech) {
    return std::nullopt;
  }
  const std::size_t earliest = speech_from_ - std::min(speech_from_, rule_.padding);
  const SpeechSegment segment{.begin = std::max(earliest, last_end_),
                              .end = std::min(speech_to_ + rule_.padding, heard_)};
  last_end_ = segment.end;
  return segment;
}

}  // namespace assay::pipeline
