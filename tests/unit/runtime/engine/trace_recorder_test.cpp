#include <gtest/gtest.h>

#include <runtime/engine/trace_recorder.h>

namespace assay::runtime {
namespace {

using enum OperatorKind;

/// One execution: an operator that calls another kernel, a delegate of two nodes, a free.
void play(TraceRecorder& recorder) {
  const std::size_t method = recorder.begin("Method::execute", {});
  const std::size_t call = recorder.begin("OPERATOR_CALL", {0, 0});
  const std::size_t kernel = recorder.begin("native_call_mean.out", {0, 0});
  recorder.add("native_call_sum.out", {0, 0}, 3);
  recorder.end(kernel, 10);
  recorder.end(call, 12);
  const std::size_t delegate = recorder.begin("DELEGATE_CALL", {0, 1});
  recorder.add("Convolution #1", {0, 1}, 20);
  recorder.add("Add #1", {0, 1}, 5);
  recorder.end(delegate, 30);
  recorder.add("FREE_CALL", {0, 2}, 1);
  recorder.end(method, 60);
}

TEST(TraceRecorder, ListsWhatRanInItsOrderWithoutWhatIsInsideAKernel) {
  TraceRecorder recorder;
  play(recorder);
  EXPECT_EQ(recorder.take(), (std::vector<OperatorTime>{{"native_call_mean.out", kOperator, 1, 10},
                                                        {"DELEGATE_CALL", kDelegateCall, 1, 30},
                                                        {"Convolution #1", kDelegateNode, 1, 20},
                                                        {"Add #1", kDelegateNode, 1, 5},
                                                        {"FREE_CALL", kOther, 1, 1}}));
}

TEST(TraceRecorder, AddsUpOverExecutions) {
  TraceRecorder recorder;
  play(recorder);
  play(recorder);
  const auto operators = recorder.take();
  ASSERT_EQ(operators.size(), 5U);
  EXPECT_EQ(operators[2], (OperatorTime{"Convolution #1", kDelegateNode, 2, 40}));
}

TEST(TraceRecorder, CountsFromZeroAfterItWasRead) {
  TraceRecorder recorder;
  play(recorder);
  recorder.take();
  EXPECT_TRUE(recorder.take().empty());
  play(recorder);
  EXPECT_EQ(recorder.take()[0].calls, 1U);
}

TEST(TraceRecorder, TheSameKernelInTwoInstructionsIsTwoOperators) {
  TraceRecorder recorder;
  recorder.add("native_call_add.out", {0, 0}, 1);
  recorder.add("native_call_add.out", {0, 3}, 2);
  EXPECT_EQ(recorder.take().size(), 2U);
}

TEST(TraceRecorder, ANodeThatFirstRunsLaterStillFollowsItsDelegate) {
  TraceRecorder recorder;
  play(recorder);
  const std::size_t delegate = recorder.begin("DELEGATE_CALL", {0, 1});
  recorder.end(delegate, 1);
  const std::size_t method = recorder.begin("Method::execute", {});
  const std::size_t again = recorder.begin("DELEGATE_CALL", {0, 1});
  recorder.add("Late #1", {0, 1}, 7);
  recorder.end(again, 9);
  recorder.end(method, 10);
  const auto operators = recorder.take();
  EXPECT_EQ(operators[4], (OperatorTime{"Late #1", kDelegateNode, 1, 7}));
}

TEST(TraceRecorder, AnOperatorWithoutAKernelEventKeepsTheNameOfItsCall) {
  TraceRecorder recorder;
  recorder.add("OPERATOR_CALL", {0, 0}, 4);
  EXPECT_EQ(recorder.take(), (std::vector<OperatorTime>{{"OPERATOR_CALL", kOperator, 1, 4}}));
}

TEST(TraceRecorder, AnEventThatNeverEndsDoesNotSwallowTheNext) {
  TraceRecorder recorder;
  const std::size_t method = recorder.begin("Method::execute", {});
  recorder.begin("OPERATOR_CALL", {0, 0});
  recorder.end(method, 10);
  recorder.add("FREE_CALL", {0, 2}, 1);
  EXPECT_EQ(recorder.take().back(), (OperatorTime{"FREE_CALL", kOther, 1, 1}));
}

}  // namespace
}  // namespace assay::runtime
