#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <runtime/inspect/pte_reader.h>
#include <runtime/inspect/quantization_summary.h>

namespace assay::inspect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

const std::filesystem::path kTiny = ASSAY_SOURCE_DIR "/tests/data/pte";
const std::filesystem::path kVad = ASSAY_SOURCE_DIR "/datasets/models/silero-vad";

PteFile read_file(const std::filesystem::path& path) {
  Result<PteFile> file = read_pte(path);
  if (!file.ok()) {
    ADD_FAILURE() << file.error().message;
    return {};
  }
  return *std::move(file);
}

/// The only method of a file. Ends the test program when there is another number of them.
Method only_method(const PteFile& file) {
  EXPECT_EQ(file.methods.size(), 1U);
  return file.methods.at(0);
}

TEST(PteReader, GivesInputsAndOutputsWithDtypeAndShape) {
  const Method method = only_method(read_file(kTiny / "add.pte"));
  EXPECT_EQ(method.name, "forward");
  ASSERT_EQ(method.inputs.size(), 2U);
  EXPECT_EQ(method.inputs[0].describe(), "float32[2,3]");
  ASSERT_EQ(method.outputs.size(), 1U);
  EXPECT_EQ(method.outputs[0].describe(), "float32[2,3]");
}

TEST(PteReader, CountsOperatorsOutsideDelegatesByTheirFullName) {
  const Method method = only_method(read_file(kTiny / "add.pte"));
  EXPECT_THAT(method.operators, ElementsAre(Pair("aten::add.out", 1)));
  EXPECT_THAT(method.delegates, IsEmpty());
}

TEST(PteReader, ReadsAnIntegerInput) {
  EXPECT_EQ(only_method(read_file(kTiny / "int_input.pte")).inputs.at(0).describe(), "int64[3]");
}

TEST(PteReader, MarksADynamicShapeAsAnUpperBound) {
  const ValueDescription input = only_method(read_file(kTiny / "dynamic.pte")).inputs.at(0);
  EXPECT_EQ(input.dynamism, ShapeDynamism::kBounded);
  EXPECT_THAT(input.shape, ElementsAre(64, 2));
}

TEST(PteReader, ListsEveryMethod) {
  const PteFile file = read_file(kTiny / "two_methods.pte");
  ASSERT_EQ(file.methods.size(), 2U);
  EXPECT_THAT((std::vector{file.methods[0].name, file.methods[1].name}),
              UnorderedElementsAre("forward", "other"));
}

TEST(PteReader, NamesABackendThatThisMachineLacks) {
  const Method method = only_method(read_file(kTiny / "unknown_backend.pte"));
  ASSERT_EQ(method.delegates.size(), 1U);
  EXPECT_EQ(method.delegates[0].backend, "AssayAbsentBackend");
  EXPECT_EQ(method.delegates[0].calls, 1U);
  EXPECT_FALSE(method.delegates[0].xnnpack.has_value());
}

TEST(PteReader, NamesAnOperatorThatNoKernelServes) {
  EXPECT_THAT(only_method(read_file(kTiny / "missing_operator.pte")).operators,
              testing::Contains(Pair("assay_test::halve.out", 1)));
}

TEST(PteReader, CountsAFirstValueApartFromConstants) {
  const PteFile file = read_file(kTiny / "stateful_buffer.pte");
  EXPECT_THAT(file.initial_state,
              ElementsAre(Pair("float32", ConstantGroup{.tensors = 1, .bytes = 4})));
}

TEST(PteReader, CountsFloatWeightsInsideADelegate) {
  const PteFile file = read_file(kTiny / "linear_xnnpack.pte");
  // Linear(32, 16): 512 weights and 16 biases.
  EXPECT_THAT(file.constants,
              ElementsAre(Pair("float32", ConstantGroup{.tensors = 2, .bytes = 528 * 4})));
  EXPECT_EQ(quantization_summary(file), "float32 linear x1");
}

TEST(PteReader, ProvesFourBitWeightsWithTheirGroupSize) {
  const PteFile file = read_file(kTiny / "linear_8da4w.pte");
  EXPECT_EQ(quantization_summary(file), "8da4w g32 linear x1");
  // Linear(64, 16): two weights a byte, one bfloat16 scale for 32 weights.
  EXPECT_EQ(file.constants.at("qbint4").bytes, 64U * 16 / 2);
  EXPECT_EQ(file.constants.at("scales").bytes, 64U / 32 * 16 * 2);
}

TEST(PteReader, ProvesStaticEightBitWeights) {
  const PteFile file = read_file(kTiny / "linear_int8.pte");
  EXPECT_EQ(quantization_summary(file), "int8 per channel linear x1");
  EXPECT_EQ(file.constants.at("qcint8").bytes, 32U * 16);
}

TEST(PteReader, TellsTheQuantizationsOfTheVadModelsApart) {
  EXPECT_THAT(quantization_summary(read_file(kVad / "silero-vad-fp32.pte")),
              testing::Not(testing::HasSubstr("int8")));
  EXPECT_THAT(quantization_summary(read_file(kVad / "silero-vad-int8.pte")),
              testing::HasSubstr("int8 per channel conv2d"));
  EXPECT_THAT(quantization_summary(read_file(kVad / "silero-vad-8da8w.pte")),
              testing::HasSubstr("8da8w linear"));
  const std::string int4 = quantization_summary(read_file(kVad / "silero-vad-int4.pte"));
  EXPECT_THAT(int4, testing::HasSubstr("8da4w g32 linear"));
  EXPECT_THAT(int4, testing::HasSubstr("int8 per channel conv2d"));
}

TEST(PteReader, CountsNoMoreConstantsThanTheFileHasBytes) {
  for (const char* variant : {"fp32", "int8", "int4", "8da8w", "8da4w"}) {
    const PteFile file = read_file(kVad / (std::string("silero-vad-") + variant + ".pte"));
    std::uint64_t bytes = 0;
    for (const auto& [type, group] : file.constants) {
      bytes += group.bytes;
    }
    EXPECT_GT(bytes, file.file_bytes / 2) << variant;
    EXPECT_LE(bytes, file.file_bytes) << variant;
  }
}

TEST(PteReader, AddsUpPlannedMemory) {
  const Method method = only_method(read_file(kVad / "silero-vad-fp32.pte"));
  EXPECT_THAT(method.planned_buffer_bytes, testing::Not(IsEmpty()));
  EXPECT_THAT(method.planned_buffer_bytes, testing::Each(testing::Gt(0U)));
}

}  // namespace
}  // namespace assay::inspect
