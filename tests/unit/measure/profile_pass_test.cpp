#include <array>

#include <gtest/gtest.h>

#include <harness/measure/profile_pass.h>

namespace assay::measure {
namespace {

/// y = x. Reports one operator of 7 ns an execution, and a second one in every other execution.
class TracedSession : public Session {
 public:
  explicit TracedSession(bool can_trace = true) : can_trace_(can_trace) {
    facts_.inputs = {{"x", DType::kFloat32, {1}}};
    facts_.outputs = {{"y", DType::kFloat32, {1}}};
  }
  const MethodFacts& facts() const override { return facts_; }
  std::span<std::byte> input(std::size_t) override {
    return std::as_writable_bytes(std::span(input_));
  }
  Status execute() override {
    ++executions;
    output_[0] = input_[0] + offset;
    return {};
  }
  Result<std::span<const std::byte>> output(std::size_t) override {
    return std::as_bytes(std::span<const float>(output_));
  }
  Result<std::vector<OperatorTime>> take_operator_times() override {
    if (!can_trace_) {
      return Session::take_operator_times();
    }
    std::vector<OperatorTime> operators{{"first", OperatorKind::kOperator, 1, 7},
                                        {"last", OperatorKind::kOperator, 1, 2}};
    if (executions % 2 == 1) {  // not in the first that counts, the fourth
      operators.insert(operators.begin() + 1, {"sometimes", OperatorKind::kOperator, 1, 1});
    }
    return operators;
  }

  int executions = 0;
  float offset = 0;

 private:
  bool can_trace_;
  MethodFacts facts_;
  std::array<float, 1> input_{};
  std::array<float, 1> output_{};
};

class ProfilePassTest : public testing::Test {
 protected:
  Result<Profile> profile(TracedSession& traced, std::uint64_t count) {
    const std::vector<float> values{1, 2, 3};
    const CaseInputs inputs{.step_count = 3,
                            .inputs = {{.input = 0,
                                        .stride_elements = 1,
                                        .data = Tensor::from_floats("x", {3}, values)}},
                            .state = {}};
    StepPlayer plain_player = StepPlayer::make(plain_, inputs).value();
    StepPlayer traced_player = StepPlayer::make(traced, inputs).value();
    const auto hashes = collect_outputs(plain_player, plain_, 3)->step_hashes;
    return profile_sessions({&plain_, &plain_player}, {&traced, &traced_player}, count, hashes);
  }

  TracedSession plain_;
};

TEST_F(ProfilePassTest, EveryExecutionIsInTheSumsOrWasLeftOut) {
  TracedSession traced;
  const Profile found = profile(traced, 64).value();
  EXPECT_EQ(found.executions + found.left_out, 64U);
  EXPECT_EQ(traced.executions, 64 + 3);  // and the warm-up
  EXPECT_EQ(plain_.executions, 64 + 3);  // and the pass for the hashes
  EXPECT_EQ(found.operators[0].calls, found.executions);
}

TEST_F(ProfilePassTest, ACountIsRoundedUpToWholeGroups) {
  TracedSession traced;
  const Profile found = profile(traced, 1).value();
  EXPECT_EQ(found.executions + found.left_out, 2U);
}

TEST_F(ProfilePassTest, AnOperatorThatRunsSometimesKeepsItsPlace) {
  TracedSession traced;
  const Profile found = profile(traced, 64).value();
  ASSERT_EQ(found.operators.size(), 3U);
  EXPECT_EQ(found.operators[1].name, "sometimes");
  EXPECT_EQ(found.operators[1].total_ns, static_cast<std::int64_t>(found.operators[1].calls));
}

TEST_F(ProfilePassTest, AnEngineThatCannotTraceIsUnsupported) {
  TracedSession mute(false);
  EXPECT_EQ(profile(mute, 4).error().code, ErrorCode::kUnsupported);
}

TEST_F(ProfilePassTest, OutputsThatTracingChangedAreAnError) {
  TracedSession traced;
  traced.offset = 1;
  const auto found = profile(traced, 4);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().message, "4 of 8 executions gave other outputs than the accuracy pass");
}

}  // namespace
}  // namespace assay::measure
