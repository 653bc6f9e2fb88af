#pragma once

// Where speech begins and ends, decided while it is heard: one score of a voice activity detector
// after the other.

#include <cstddef>
#include <optional>

namespace assay::pipeline {

/// Thresholds of scores, and spans of time in samples.
struct EndpointRule {
  double threshold = 0.5;    ///< a score at or above it begins speech
  double hysteresis = 0.15;  ///< speech goes on while scores are at or above threshold - hysteresis
  std::size_t min_speech = 2400;   ///< shorter speech is a noise, and dropped
  std::size_t min_silence = 4800;  ///< of so much silence a segment ends
  std::size_t padding = 1600;      ///< of audio kept before and after a segment
};

/// Samples [begin, end) of what was heard.
struct SpeechSegment {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const SpeechSegment&, const SpeechSegment&) = default;
};

class Endpointer {
 public:
  Endpointer(const EndpointRule& rule, std::size_t chunk_samples)
      : rule_(rule), chunk_samples_(chunk_samples) {}

  /// The score of the next chunk. Gives the segment that this chunk's silence ended, if it did:
  /// with its padding, which never reaches into the segment before or beyond what was heard.
  std::optional<SpeechSegment> push(double score);

 private:
  EndpointRule rule_;
  std::size_t chunk_samples_;
  std::size_t heard_ = 0;     ///< samples
  std::size_t last_end_ = 0;  ///< of the segment before, padding included
  std::size_t speech_from_ = 0;
  std::size_t speech_to_ = 0;
  bool speaking_ = false;
};

}  // namespace assay::pipeline
