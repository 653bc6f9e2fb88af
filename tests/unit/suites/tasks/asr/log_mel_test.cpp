#include <cmath>
#include <cstring>
#include <numeric>

#include <gtest/gtest.h>

#include <golden/safetensors.h>
#include <suites/tasks/asr/log_mel.h>

namespace assay::suites {
namespace {

constexpr std::size_t kBins = 80;
constexpr float kLargestError = 1e-4F;

/// What transformers' WhisperFeatureExtractor made of some clips: scripts/make/make_mel_vectors.py.
const golden::Safetensors& vectors() {
  static const golden::Safetensors loaded =
      golden::read_safetensors(std::filesystem::path(ASSAY_SOURCE_DIR) /
                               "tests/data/asr/mel.safetensors")
          .value();
  return loaded;
}

std::vector<float> samples_of(const std::string& clip) {
  const Tensor* tensor = vectors().find(clip + ".samples");
  std::vector<std::int16_t> pcm(tensor->spec.element_count());
  std::memcpy(pcm.data(), tensor->data.data(), tensor->data.size());
  std::vector<float> samples;
  for (const std::int16_t value : pcm) {
    samples.push_back(static_cast<float>(value) / 32768);
  }
  return samples;
}

std::vector<float> spectrogram_of(LogMel& front_end, std::span<const float> samples) {
  std::vector<float> spectrogram(front_end.bins() * LogMel::frames(samples.size()));
  front_end.compute(samples, spectrogram);
  return spectrogram;
}

class LogMelTest : public testing::TestWithParam<const char*> {};

TEST_P(LogMelTest, AgreesWithTheWhisperFeatureExtractor) {
  const std::string clip = GetParam();
  const Tensor* golden = vectors().find(clip + ".mel");
  ASSERT_NE(golden, nullptr);
  LogMel front_end(kBins);
  const auto actual = spectrogram_of(front_end, samples_of(clip));
  const auto expected = golden->to_floats();
  ASSERT_EQ(actual.size(), expected.size());
  float worst = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    worst = std::max(worst, std::abs(actual[i] - expected[i]));
  }
  EXPECT_LT(worst, kLargestError);
  RecordProperty("largest_error", std::to_string(worst));
}

INSTANTIATE_TEST_SUITE_P(Clips, LogMelTest,
                         testing::Values("speech", "speech-then-padding", "white-noise",
                                         "pink-noise-odd-length", "silence", "impulses",
                                         "low-and-high-tone", "quiet-then-loud", "clipped",
                                         "constant-offset", "shortest"),
                         [](const auto& clip) {
                           std::string name = clip.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(LogMel, ASecondWindowKnowsNothingOfTheFirst) {
  LogMel used(kBins);
  spectrogram_of(used, samples_of("clipped"));
  LogMel fresh(kBins);
  EXPECT_EQ(spectrogram_of(used, samples_of("speech")),
            spectrogram_of(fresh, samples_of("speech")));
}

TEST(LogMel, AnyNumberOfBinsCanBeMade) {
  LogMel front_end(128);
  const auto spectrogram = spectrogram_of(front_end, samples_of("speech"));
  EXPECT_EQ(spectrogram.size(), 128 * (14'000 / 160));
}

TEST(LogMel, NoFilterIsEmpty) {
  // White noise reaches each bin, so that a filter without weights would stay at the floor.
  LogMel front_end(kBins);
  const auto spectrogram = spectrogram_of(front_end, samples_of("white-noise"));
  for (const float value : spectrogram) {
    EXPECT_GT(value, *std::max_element(spectrogram.begin(), spectrogram.end()) - 1.9F);
  }
}

}  // namespace
}  // namespace assay::suites
