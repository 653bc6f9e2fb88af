// The tracer on the real runtime and the committed models. Names are a proof of what was run: they
// come from the kernels, not from the label of the file.

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include <runtime/engine/executorch_engine.h>

namespace assay::runtime {
namespace {

std::filesystem::path source(const std::string& name) {
  return std::filesystem::path(ASSAY_SOURCE_DIR) / name;
}

/// Loads `pte` with a tracer and runs it `executions` times on zeros.
std::vector<OperatorTime> trace(const std::filesystem::path& pte, int executions) {
  auto engine = make_executorch_engine();
  const LoadRequest request{.pte = pte, .traced = true};
  EXPECT_TRUE(engine->load_program(request).ok());
  auto session = engine->load_method(request);
  EXPECT_TRUE(session.ok()) << session.error().message;
  for (int i = 0; i < executions; ++i) {
    EXPECT_TRUE((*session)->execute().ok());
  }
  return (*session)->take_operator_times().value();
}

bool any_name(const std::vector<OperatorTime>& operators, std::string_view part) {
  return std::ranges::any_of(
      operators, [&](const OperatorTime& row) { return row.name.find(part) != std::string::npos; });
}

class VadModel : public testing::Test {
 protected:
  static std::vector<OperatorTime> trace_variant(const std::string& variant) {
    return trace(source("datasets/models/silero-vad/silero-vad-" + variant + ".pte"), 3);
  }
};

TEST_F(VadModel, Int8RunsQuantizedKernels) {
  const auto operators = trace_variant("int8");
  EXPECT_TRUE(any_name(operators, "Convolution (NHWC, QC8)"));
  EXPECT_TRUE(any_name(operators, "Fully Connected (NC, QS8, QC8W)"));
  EXPECT_FALSE(any_name(operators, "(NHWC, F32)"));
}

TEST_F(VadModel, Int4RunsFourBitLinears) { EXPECT_TRUE(any_name(trace_variant("int4"), "QB4W")); }

TEST_F(VadModel, Fp32RunsNoQuantizedKernel) {
  const auto operators = trace_variant("fp32");
  EXPECT_TRUE(any_name(operators, "Convolution (NHWC, F32)"));
  EXPECT_FALSE(any_name(operators, "QC8"));
}

TEST_F(VadModel, EveryOperatorIsCountedOnceAnExecution) {
  for (const OperatorTime& row : trace_variant("int8")) {
    EXPECT_EQ(row.calls, 3U) << row.name;
  }
}

TEST_F(VadModel, NodesAreInsideTheirDelegateAndTakeNoLonger) {
  const Profile profile{.operators = trace_variant("int8")};
  std::int64_t calls = 0;
  std::int64_t nodes = 0;
  for (const OperatorTime& row : profile.operators) {
    calls += row.kind == OperatorKind::kDelegateCall ? row.total_ns : 0;
    nodes += row.kind == OperatorKind::kDelegateNode ? row.total_ns : 0;
  }
  EXPECT_GT(calls, 0);
  EXPECT_LE(nodes, calls);
}

TEST(OperatorTracer, NamesThePortableKernels) {
  const auto operators = trace(source("tests/data/pte/add.pte"), 1);
  ASSERT_FALSE(operators.empty());
  EXPECT_TRUE(any_name(operators, "native_call_add"));
  EXPECT_EQ(operators[0].kind, OperatorKind::kOperator);
}

TEST(OperatorTracer, LoadingIsNotPartOfATrace) {
  EXPECT_TRUE(trace(source("tests/data/pte/add.pte"), 0).empty());
}

TEST(OperatorTracer, ASessionLoadedWithoutATracerSaysSo) {
  auto engine = make_executorch_engine();
  const LoadRequest request{.pte = source("tests/data/pte/add.pte")};
  ASSERT_TRUE(engine->load_program(request).ok());
  const auto session = engine->load_method(request).value();
  const auto operators = session->take_operator_times();
  ASSERT_FALSE(operators.ok());
  EXPECT_EQ(operators.error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace assay::runtime
