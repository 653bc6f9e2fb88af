#include <gtest/gtest.h>

#include <runtime/inspect/quantization_summary.h>

namespace assay::inspect {
namespace {

std::string named(std::string activation, std::string weight, std::int64_t group = 0) {
  return quantization_name({.kind = "linear",
                            .activation_type = std::move(activation),
                            .weight_type = std::move(weight),
                            .group_size = group});
}

TEST(QuantizationName, UsesTheWordsOfTheExporters) {
  EXPECT_EQ(named("qdint8", "qbint4", 128), "8da4w g128");
  EXPECT_EQ(named("qdint8", "qcint4"), "8da4w per channel");
  EXPECT_EQ(named("qdint8", "qcint8"), "8da8w");
  EXPECT_EQ(named("qint8", "qcint8"), "int8 per channel");
  EXPECT_EQ(named("qint8", "qint8"), "int8 per tensor");
  EXPECT_EQ(named("float32", "float32"), "float32");
}

TEST(QuantizationName, OfAnUnknownPairNamesBothTypes) {
  EXPECT_EQ(named("float32", "qcint8"), "float32 x qcint8");
}

TEST(QuantizationSummary, PutsTheMostCommonKindFirst) {
  XnnpackGraph graph;
  graph.layers[{.kind = "conv2d", .activation_type = "qint8", .weight_type = "qcint8"}] = 1;
  graph.layers[{
      .kind = "linear", .activation_type = "qdint8", .weight_type = "qbint4", .group_size = 32}] =
      3;
  Method method{.name = "forward"};
  method.delegates.push_back({.backend = "XnnpackBackend", .xnnpack = graph});
  PteFile file;
  file.methods.push_back(method);
  EXPECT_EQ(quantization_summary(file), "8da4w g32 linear x3, int8 per channel conv2d x1");
}

TEST(QuantizationSummary, SaysWhenThereIsNothingToJudgeBy) {
  EXPECT_EQ(quantization_summary({}), "no linear or convolution layer in an XNNPACK delegate");
}

}  // namespace
}  // namespace assay::inspect
