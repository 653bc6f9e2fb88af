#include <cmath>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <golden/half_float.h>
#include <suites/tasks/asr/speech_golden.h>
#include <tests/fakes/logit_golden_bytes.h>

namespace assay::suites {
namespace {

using fakes::from_integers;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Two utterances of 1 and 2 frames, encodings two wide.
std::vector<Tensor> good_tensors() {
  const std::vector<float> encodings{1, 2, 3, 4, 5, 6};
  return {from_integers("frames", {2}, {1, 2}), Tensor::from_floats("encodings", {3, 2}, encodings),
          from_integers("tokens", {3}, {4, 5, 6}), from_integers("token_counts", {2}, {0, 3})};
}

Result<SpeechGolden> parse_tensors(std::vector<Tensor> tensors,
                                   const std::vector<std::size_t>& frames = {1, 2}) {
  golden::GoldenFile file;
  file.name = "a.safetensors";
  file.contents.tensors = std::move(tensors);
  return parse_speech_golden(file, frames, 2);
}

std::string speech_golden_error(std::vector<Tensor> tensors,
                                const std::vector<std::size_t>& frames = {1, 2}) {
  const auto golden = parse_tensors(std::move(tensors), frames);
  return golden.ok() ? "no error" : golden.error().message;
}

TEST(SpeechGolden, EncodingsAndTranscriptsAreRead) {
  const auto golden = parse_tensors(good_tensors());
  ASSERT_TRUE(golden.ok()) << golden.error().message;
  EXPECT_THAT(golden->encodings, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(*golden->transcripts, ElementsAre(IsEmpty(), ElementsAre(4, 5, 6)));
}

TEST(SpeechGolden, TranscriptsMayBeMissing) {
  auto tensors = good_tensors();
  tensors.resize(2);
  EXPECT_FALSE(parse_tensors(tensors)->transcripts.has_value());
}

TEST(SpeechGolden, HalfTheTranscriptsIsAnError) {
  auto tensors = good_tensors();
  tensors.pop_back();
  EXPECT_THAT(speech_golden_error(tensors), HasSubstr("'token_counts' is missing"));
}

TEST(SpeechGolden, OtherFrameCountsThanTheSuitesAreRefused) {
  EXPECT_THAT(speech_golden_error(good_tensors(), {1, 3}),
              HasSubstr("has 2 frames of utterance 1, but this suite cuts it into 3"));
  EXPECT_THAT(speech_golden_error(good_tensors(), {1, 2, 3}), HasSubstr("'frames' is int32[2]"));
}

TEST(SpeechGolden, CountsThatDoNotFitAreRefused) {
  auto tensors = good_tensors();
  tensors[3] = from_integers("token_counts", {2}, {1, 3});
  EXPECT_THAT(speech_golden_error(tensors),
              HasSubstr("'tokens' is int32[3], but int32[4] is needed"));
  tensors[3] = from_integers("token_counts", {2}, {-1, 4});
  EXPECT_THAT(speech_golden_error(tensors), HasSubstr("negative"));
}

TEST(SpeechGolden, Float16EncodingsAreExact) {
  const std::vector<std::uint16_t> halves{0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000, 0x03ff};
  Tensor encodings{.spec = {"encodings", DType::kFloat16, {3, 2}}, .data = {}};
  encodings.data.resize(halves.size() * 2);
  std::memcpy(encodings.data.data(), halves.data(), encodings.data.size());
  auto tensors = good_tensors();
  tensors[1] = encodings;
  EXPECT_THAT(parse_tensors(tensors)->encodings,
              ElementsAre(1, -2, std::ldexp(1.0F, -24), 65504, 0, std::ldexp(1023.0F, -24)));
  tensors[1].data[1] = static_cast<std::byte>(0x7c);
  EXPECT_THAT(speech_golden_error(tensors), HasSubstr("NaN or Inf"));
}

TEST(HalfFloat, InfinityAndNanStayThat) {
  EXPECT_TRUE(std::isinf(golden::float_from_half(0xfc00)));
  EXPECT_TRUE(std::isnan(golden::float_from_half(0x7e00)));
}

}  // namespace
}  // namespace assay::suites
