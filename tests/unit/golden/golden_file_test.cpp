#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <golden/golden_file.h>
#include <harness/base/hash.h>
#include <tests/fakes/safetensors_bytes.h>

namespace assay::golden {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

const std::map<std::string, std::string> kMetadata{
    {"kind", "golden"},     {"task", "vad"},      {"model", "silero-vad"},
    {"model_sha256", "aa"}, {"wav_sha256", "bb"}, {"runtime", "onnxruntime 1"}};

std::string golden_bytes(std::map<std::string, std::string> metadata,
                         std::vector<float> scores = {0.25F, 0.75F}) {
  const auto count = static_cast<std::int64_t>(scores.size());
  return fakes::safetensors_bytes(metadata, {Tensor::from_floats("scores", {count}, scores)});
}

Result<GoldenFile> parse_text(const std::string& bytes) {
  return parse_golden(std::as_bytes(std::span(bytes)), "a.safetensors");
}

TEST(GoldenFile, ProvenanceAndTensorsAreRead) {
  const std::string bytes = golden_bytes(kMetadata);
  const auto golden = parse_text(bytes);
  ASSERT_TRUE(golden.ok()) << golden.error().message;
  EXPECT_EQ(golden->task, "vad");
  EXPECT_EQ(golden->model, "silero-vad");
  EXPECT_EQ(golden->model_sha256, "aa");
  EXPECT_EQ(golden->input_sha256, "bb");
  EXPECT_EQ(golden->runtime, "onnxruntime 1");
  EXPECT_EQ(golden->sha256, sha256_hex(std::as_bytes(std::span(bytes))));
  EXPECT_EQ(golden->rows("scores").value(), 2);
  EXPECT_THAT(golden->floats("scores", {2}).value(), ElementsAre(0.25F, 0.75F));
}

TEST(GoldenFile, EachMissingKeyIsNamed) {
  for (const auto& [key, value] : kMetadata) {
    auto metadata = kMetadata;
    metadata.erase(key);
    const auto golden = parse_text(golden_bytes(metadata));
    ASSERT_FALSE(golden.ok()) << key;
    EXPECT_THAT(golden.error().message, HasSubstr("no metadata '" + key + "'"));
  }
}

TEST(GoldenFile, AnotherKindOfFileIsNoGolden) {
  auto metadata = kMetadata;
  metadata["kind"] = "weights";
  EXPECT_THAT(parse_text(golden_bytes(metadata)).error().message,
              HasSubstr("its kind is 'weights'"));
}

TEST(GoldenFile, AMissingTensorIsNamed) {
  EXPECT_THAT(parse_text(golden_bytes(kMetadata))->floats("state_h", {2, 128}).error().message,
              HasSubstr("no tensor 'state_h'"));
}

TEST(GoldenFile, AnotherShapeIsRefused) {
  EXPECT_THAT(parse_text(golden_bytes(kMetadata))->floats("scores", {3}).error().message,
              AllOf(HasSubstr("'scores' is float32[2]"), HasSubstr("float32[3] is needed")));
}

TEST(GoldenFile, AGoldenWithNanIsRefused) {
  const auto golden =
      parse_text(golden_bytes(kMetadata, {0.5F, std::numeric_limits<float>::quiet_NaN()}));
  EXPECT_THAT(golden->floats("scores", {2}).error().message, HasSubstr("1 NaN or Inf"));
}

TEST(GoldenFile, AMissingFileIsNotFound) {
  EXPECT_EQ(read_golden("/nowhere/a.safetensors").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace assay::golden
