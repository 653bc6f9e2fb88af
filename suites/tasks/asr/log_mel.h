#pragma once

// The front end of Whisper-like speech models: audio to a log-mel spectrogram, by the definition of
// transformers' WhisperFeatureExtractor (docs/guide/asr.md).

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace assay::suites {

inline constexpr int kMelSampleRateHz = 16'000;
inline constexpr std::size_t kMelHopSamples = 160;     ///< 10 ms
inline constexpr std::size_t kMelWindowSamples = 400;  ///< 25 ms, and the length of the FFT

/// Plans and filters are made once, here; compute() allocates nothing. It writes to buffers of the
/// object, so one object serves one thread at a time.
class LogMel {
 public:
  /// `bins`: 80, or 128 for Whisper's third large model. Precondition: above 0.
  explicit LogMel(std::size_t bins);
  LogMel(const LogMel&) = delete;
  LogMel& operator=(const LogMel&) = delete;
  LogMel(LogMel&&) noexcept;
  LogMel& operator=(LogMel&&) noexcept;
  ~LogMel();

  std::size_t bins() const { return filters_.size(); }
  /// Columns of the spectrogram of so many samples: one every whole hop.
  static std::size_t frames(std::size_t samples) { return samples / kMelHopSamples; }

  /// Writes float32 [bins, frames], row-major, of samples in [-1, 1] at 16 kHz. The values depend
  /// on the loudest of the window: what is 80 dB below it, or lower, is raised to that.
  /// Preconditions: more than kMelWindowSamples / 2 samples, since the edges are mirrored by so
  /// many; `spectrogram` has bins() * frames(samples.size()) elements.
  void compute(std::span<const float> samples, std::span<float> spectrogram);

 private:
  struct Fft;
  /// A triangle over the FFT's bins: the weights that are not 0.
  struct Filter {
    std::size_t first_bin = 0;
    std::vector<double> weights;
  };

  static std::vector<Filter> make_filters(std::size_t bins);
  void compute_power(std::span<const float> samples, std::size_t frame);

  std::unique_ptr<const Fft> fft_;
  std::vector<double> window_;  ///< Hann
  std::vector<Filter> filters_;
  std::vector<double> windowed_;  ///< one frame, windowed
  std::vector<double> power_;     ///< |FFT|^2 of it
};

}  // namespace assay::suites
