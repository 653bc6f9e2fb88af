#include <algorithm>
#include <cmath>
#include <complex>
#include <kissfft.hh>
#include <numbers>

#include <suites/tasks/asr/log_mel.h>

namespace assay::suites {
namespace {

constexpr std::size_t kHalf = kMelWindowSamples / 2;
constexpr std::size_t kFftBins = kHalf + 1;
constexpr double kSmallestPower = 1e-10;
constexpr float kRange = 8;  ///< powers of ten below the loudest value

// Slaney's mel scale (Auditory Toolbox, 1998): linear below 1 kHz, logarithmic above.
constexpr double kLinearHzPerMel = 200.0 / 3;
constexpr double kKneeHz = 1000;
constexpr double kKneeMel = kKneeHz / kLinearHzPerMel;
const double kLogStep = std::log(6.4) / 27;

double mel_of(double hz) {
  return hz < kKneeHz ? hz / kLinearHzPerMel : kKneeMel + std::log(hz / kKneeHz) / kLogStep;
}

double hz_of(double mel) {
  return mel < kKneeMel ? mel * kLinearHzPerMel : kKneeHz * std::exp((mel - kKneeMel) * kLogStep);
}

/// Index of sample `i` of the audio with its edges mirrored, the outermost sample not repeated.
std::size_t mirrored(std::ptrdiff_t i, std::size_t samples) {
  const auto last = static_cast<std::ptrdiff_t>(samples) - 1;
  const std::ptrdiff_t inside = std::abs(i);
  return static_cast<std::size_t>(inside > last ? 2 * last - inside : inside);
}

}  // namespace

// In double: float's rounding of a loud tone would show in the bins that are 80 dB below it.
struct LogMel::Fft {
  kissfft<double> transform{kHalf, false};        ///< half the length: of real input
  mutable std::vector<std::complex<double>> out;  ///< kHalf values; the first holds two
};

LogMel::LogMel(std::size_t bins)
    : fft_(std::make_unique<Fft>()),
      filters_(make_filters(bins)),
      windowed_(kMelWindowSamples),
      power_(kFftBins) {
  fft_->out.resize(kHalf);
  for (std::size_t i = 0; i < kMelWindowSamples; ++i) {
    // Periodic: the divisor is the length, not the length - 1.
    const double phase = 2 * std::numbers::pi * static_cast<double>(i) / kMelWindowSamples;
    window_.push_back(0.5 - 0.5 * std::cos(phase));
  }
}

LogMel::LogMel(LogMel&&) noexcept = default;
LogMel& LogMel::operator=(LogMel&&) noexcept = default;
LogMel::~LogMel() = default;

/// Triangles whose corners are evenly spaced in mel, from 0 Hz to half the sample rate, each of
/// area 1 (Slaney's normalisation: 2 / its width in Hz).
std::vector<LogMel::Filter> LogMel::make_filters(std::size_t bins) {
  const double top_mel = mel_of(kMelSampleRateHz / 2.0);
  const auto corner_hz = [&](std::size_t corner) {
    return hz_of(top_mel * static_cast<double>(corner) / static_cast<double>(bins + 1));
  };
  std::vector<Filter> filters;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const double low = corner_hz(bin);
    const double middle = corner_hz(bin + 1);
    const double high = corner_hz(bin + 2);
    Filter filter;
    for (std::size_t i = 0; i < kFftBins; ++i) {
      const double hz = static_cast<double>(i) * kMelSampleRateHz / kMelWindowSamples;
      const double height = std::min((hz - low) / (middle - low), (high - hz) / (high - middle));
      if (height > 0) {
        if (filter.weights.empty()) {
          filter.first_bin = i;
        }
        filter.weights.push_back(height * 2 / (high - low));
      }
    }
    filters.push_back(std::move(filter));
  }
  return filters;
}

/// Fills power_ for the frame whose middle is at sample frame * kMelHopSamples.
void LogMel::compute_power(std::span<const float> samples, std::size_t frame) {
  const auto start =
      static_cast<std::ptrdiff_t>(frame * kMelHopSamples) - static_cast<std::ptrdiff_t>(kHalf);
  const bool inside =
      start >= 0 && static_cast<std::size_t>(start) + kMelWindowSamples <= samples.size();
  for (std::size_t i = 0; i < kMelWindowSamples; ++i) {
    const std::ptrdiff_t at = start + static_cast<std::ptrdiff_t>(i);
    const std::size_t index = inside ? static_cast<std::size_t>(at) : mirrored(at, samples.size());
    windowed_[i] = static_cast<double>(samples[index]) * window_[i];
  }
  auto& out = fft_->out;
  fft_->transform.transform_real(windowed_.data(), out.data());
  power_.front() = out.front().real() * out.front().real();
  power_.back() = out.front().imag() * out.front().imag();
  for (std::size_t i = 1; i < kHalf; ++i) {
    power_[i] = std::norm(out[i]);
  }
}

void LogMel::compute(std::span<const float> samples, std::span<float> spectrogram) {
  const std::size_t frame_count = frames(samples.size());
  for (std::size_t frame = 0; frame < frame_count; ++frame) {
    compute_power(samples, frame);
    for (std::size_t bin = 0; bin < filters_.size(); ++bin) {
      const Filter& filter = filters_[bin];
      double energy = 0;
      for (std::size_t i = 0; i < filter.weights.size(); ++i) {
        energy += filter.weights[i] * power_[filter.first_bin + i];
      }
      spectrogram[bin * frame_count + frame] =
          static_cast<float>(std::log10(std::max(energy, kSmallestPower)));
    }
  }
  const auto loudest = std::max_element(spectrogram.begin(), spectrogram.end());
  if (loudest == spectrogram.end()) {
    return;
  }
  const float floor = *loudest - kRange;
  for (float& value : spectrogram) {
    value = (std::max(value, floor) + 4) / 4;
  }
}

}  // namespace assay::suites
