#include <memory>
#include <numeric>

#include <gtest/gtest.h>

#include <harness/measure/step_player.h>

namespace assay::measure {
namespace {

/// y = x + s; the state becomes y. So y is the running sum of x, if state is carried.
class SumSession : public Session {
 public:
  SumSession() {
    facts_.inputs = {{"x", DType::kFloat32, {2}}, {"s", DType::kFloat32, {2}}};
    facts_.outputs = {{"y", DType::kFloat32, {2}}};
  }
  const MethodFacts& facts() const override { return facts_; }
  std::span<std::byte> input(std::size_t index) override {
    return std::as_writable_bytes(std::span(inputs_[index]));
  }
  Status execute() override {
    if (++executions_ == fail_at) {
      return make_error(ErrorCode::kEngine, "told to fail");
    }
    output_ = {inputs_[0][0] + inputs_[1][0], inputs_[0][1] + inputs_[1][1]};
    return {};
  }
  Result<std::span<const std::byte>> output(std::size_t) override {
    return std::as_bytes(std::span<const float>(output_));
  }

  int fail_at = -1;

 private:
  MethodFacts facts_;
  std::array<std::array<float, 2>, 2> inputs_{};
  std::array<float, 2> output_{};
  int executions_ = 0;
};

/// Three steps over windows that overlap by one element: [1 2] [2 3] [3 4].
CaseInputs overlapping_case() {
  const std::vector<float> values{1, 2, 3, 4};
  return {
      .step_count = 3,
      .inputs = {{.input = 0, .stride_elements = 1, .data = Tensor::from_floats("x", {4}, values)}},
      .state = {{.input = 1, .output = 0}}};
}

TEST(StepPlayer, WindowsOverlapAndStateIsCarried) {
  SumSession session;
  const CaseInputs inputs = overlapping_case();
  StepPlayer player = StepPlayer::make(session, inputs).value();
  const CaseOutputs outputs = collect_outputs(player, session, 3).value();
  EXPECT_EQ(outputs.outputs[0].to_floats(), (std::vector<float>{1, 2, 3, 5, 6, 9}));
  EXPECT_EQ(outputs.outputs[0].spec.shape, (std::vector<std::int64_t>{3, 2}));
}

/// Keeps all it was ever given; y = the number of elements of the last x, and their sum so far.
class RememberingSession : public Session {
 public:
  RememberingSession() {
    facts_.inputs = {{"x", DType::kFloat32, {1, 4}}};
    facts_.outputs = {{"y", DType::kFloat32, {2}}};
  }
  const MethodFacts& facts() const override { return facts_; }
  std::span<std::byte> input(std::size_t) override {
    return std::as_writable_bytes(std::span(input_));
  }
  Status resize_input(std::size_t, const std::vector<std::int64_t>& shape) override {
    size_ = static_cast<std::size_t>(shape.back());
    return {};
  }
  Status execute() override {
    sum_ =
        std::accumulate(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(size_), sum_);
    output_ = {static_cast<float>(size_), sum_};
    return {};
  }
  Result<std::span<const std::byte>> output(std::size_t) override {
    return std::as_bytes(std::span<const float>(output_));
  }

 private:
  MethodFacts facts_;
  std::array<float, 4> input_{};
  std::array<float, 2> output_{};
  std::size_t size_ = 4;
  float sum_ = 0;
};

/// A setup of three elements, then two steps of one.
CaseInputs case_with_setup() {
  const std::vector<float> values{1, 2, 3, 4, 5};
  return {.step_count = 2,
          .inputs = {{.input = 0,
                      .stride_elements = 0,
                      .data = Tensor::from_floats("x", {5}, values),
                      .windows = {{0, 3}, {3, 1}, {4, 1}}}},
          .state = {},
          .setup_count = 1};
}

TEST(StepPlayer, TheSetupIsPlayedOnceAndIsNoStep) {
  RememberingSession session;
  const CaseInputs inputs = case_with_setup();
  StepPlayer player = StepPlayer::make(session, inputs).value();
  const CaseOutputs outputs = collect_outputs(player, session, 2).value();
  EXPECT_EQ(outputs.outputs[0].to_floats(), (std::vector<float>{1, 10, 1, 15}));
  ASSERT_TRUE(player.play().ok());
  const auto output = session.output(0).value();
  float sum = 0;
  std::memcpy(&sum, output.data() + sizeof(float), sizeof(float));
  EXPECT_EQ(sum, 19);  // the first step again, without the setup
}

TEST(StepPlayer, TheFirstExecutionOfASetupIsTimed) {
  RememberingSession session;
  CaseInputs inputs = case_with_setup();
  EXPECT_TRUE(StepPlayer::make(session, inputs)->first_setup_ns().has_value());
  inputs.setup_count = 0;
  inputs.step_count = 3;
  EXPECT_FALSE(StepPlayer::make(session, inputs)->first_setup_ns().has_value());
}

TEST(StepPlayer, EachStepHasTheSizeOfItsWindow) {
  RememberingSession session;
  CaseInputs inputs = case_with_setup();
  inputs.setup_count = 0;
  inputs.step_count = 3;
  StepPlayer player = StepPlayer::make(session, inputs).value();
  const CaseOutputs outputs = collect_outputs(player, session, 3).value();
  EXPECT_EQ(outputs.outputs[0].to_floats(), (std::vector<float>{3, 6, 1, 10, 1, 15}));
}

TEST(StepPlayer, AWindowBeyondTheDataOrTheInputIsRefused) {
  for (const StepWindow window : {StepWindow{3, 3}, StepWindow{0, 5}, StepWindow{0, 0},
                                  StepWindow{static_cast<std::size_t>(-1), 1}}) {
    RememberingSession session;
    CaseInputs inputs = case_with_setup();
    inputs.inputs[0].windows[1] = window;
    const auto player = StepPlayer::make(session, inputs);
    ASSERT_FALSE(player.ok()) << window.offset << " " << window.length;
    EXPECT_EQ(player.error().code, ErrorCode::kUsage);
  }
}

TEST(StepPlayer, AMissingWindowIsRefused) {
  RememberingSession session;
  CaseInputs inputs = case_with_setup();
  inputs.inputs[0].windows.pop_back();
  EXPECT_FALSE(StepPlayer::make(session, inputs).ok());
}

TEST(StepPlayer, AnEngineOfFixedSizesRefusesAnotherSize) {
  SumSession session;
  const std::vector<float> values{1};
  const CaseInputs inputs{.step_count = 1,
                          .inputs = {{.input = 0,
                                      .stride_elements = 0,
                                      .data = Tensor::from_floats("x", {1}, values),
                                      .windows = {{0, 1}}}},
                          .state = {{.input = 1, .output = 0}}};
  StepPlayer player = StepPlayer::make(session, inputs).value();
  EXPECT_EQ(player.play().error().code, ErrorCode::kUnsupported);
}

TEST(StepPlayer, StateIsZeroAgainAfterTheLastStep) {
  SumSession session;
  const CaseInputs inputs = overlapping_case();
  StepPlayer player = StepPlayer::make(session, inputs).value();
  const std::uint64_t first = player.play()->output_hash;
  ASSERT_TRUE(player.play().ok());
  ASSERT_TRUE(player.play().ok());
  EXPECT_EQ(player.position(), 0U);
  EXPECT_EQ(player.play()->output_hash, first);
}

TEST(StepPlayer, ABlockGoesOnWhereTheLastOneEnded) {
  SumSession session;
  const CaseInputs inputs = overlapping_case();
  StepPlayer player = StepPlayer::make(session, inputs).value();
  const std::vector<std::uint64_t> hashes = collect_outputs(player, session, 3)->step_hashes;
  const SampleBlock block = play_block(player, 4, hashes).value();
  EXPECT_EQ(block.latency_ns.size(), 4U);
  EXPECT_EQ(block.wrong_outputs, 0U);
  EXPECT_EQ(player.position(), 1U);
}

TEST(StepPlayer, AnOutputThatDiffersFromTheExpectedHashCountsAsWrong) {
  SumSession session;
  const CaseInputs inputs = overlapping_case();
  StepPlayer player = StepPlayer::make(session, inputs).value();
  std::vector<std::uint64_t> hashes = collect_outputs(player, session, 3)->step_hashes;
  hashes[1] ^= 1;
  EXPECT_EQ(play_block(player, 6, hashes)->wrong_outputs, 2U);
}

TEST(StepPlayer, ASameInputBlockPlaysTheFirstStepAgainAndAgain) {
  SumSession session;
  const CaseInputs inputs = overlapping_case();
  StepPlayer player = StepPlayer::make(session, inputs).value();
  std::vector<std::uint64_t> hashes = collect_outputs(player, session, 3)->step_hashes;
  hashes[1] ^= 1;  // a second step would be noticed
  ASSERT_TRUE(player.play().ok());
  const SampleBlock block = play_same_input_block(player, 5, hashes).value();
  EXPECT_EQ(block.latency_ns.size(), 5U);
  EXPECT_EQ(block.wrong_outputs, 0U);
  EXPECT_TRUE(block.same_input);
  EXPECT_EQ(player.position(), 0U);
}

TEST(StepPlayer, AnExecutionErrorNamesItsStep) {
  SumSession session;
  session.fail_at = 2;
  const CaseInputs inputs = overlapping_case();
  StepPlayer player = StepPlayer::make(session, inputs).value();
  const auto outputs = collect_outputs(player, session, 3);
  ASSERT_FALSE(outputs.ok());
  EXPECT_EQ(outputs.error().message, "step 1: told to fail");
}

TEST(StepPlayer, AnInputThatNothingFeedsIsRefused) {
  SumSession session;
  CaseInputs inputs = overlapping_case();
  inputs.state.clear();
  EXPECT_EQ(StepPlayer::make(session, inputs).error().code, ErrorCode::kUsage);
}

TEST(StepPlayer, DataThatIsTooShortForItsStepsIsRefused) {
  SumSession session;
  CaseInputs inputs = overlapping_case();
  inputs.step_count = 4;
  EXPECT_EQ(StepPlayer::make(session, inputs).error().code, ErrorCode::kUsage);
}

TEST(StepPlayer, AStateLinkBetweenUnequalSizesIsRefused) {
  SumSession session;
  CaseInputs inputs = overlapping_case();
  inputs.state[0].output = 7;
  EXPECT_EQ(StepPlayer::make(session, inputs).error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace assay::measure
