#include <gtest/gtest.h>

#include <harness/run/protocol.h>

namespace assay::run {
namespace {

TEST(Protocol, InputsSurviveTheTrip) {
  const std::vector<float> values{1, 2, 3, 4};
  const CaseInputs sent{
      .step_count = 3,
      .inputs = {{.input = 1, .stride_elements = 1, .data = Tensor::from_floats("x", {4}, values)}},
      .state = {{.input = 0, .output = 2}}};
  const CaseInputs received = parse_inputs(inputs_frame(sent)).value();
  EXPECT_EQ(received.step_count, 3U);
  EXPECT_EQ(received.inputs[0].input, 1U);
  EXPECT_EQ(received.inputs[0].stride_elements, 1U);
  EXPECT_EQ(received.inputs[0].data.to_floats(), values);
  EXPECT_EQ(received.state[0].output, 2U);
}

TEST(Protocol, WindowsAndSetupSurviveTheTrip) {
  const std::vector<float> values{1, 2, 3};
  const CaseInputs inputs{
      .step_count = 2,
      .inputs = {{.input = 1,
                  .stride_elements = 0,
                  .data = Tensor::from_floats("x", {3}, values),
                  .windows = {{0, 1}, {1, 1}, {1, 2}}},
                 {.input = 0, .stride_elements = 1, .data = Tensor::from_floats("p", {3}, values)}},
      .state = {},
      .setup_count = 1};
  const CaseInputs parsed = parse_inputs(inputs_frame(inputs)).value();
  EXPECT_EQ(parsed.setup_count, 1U);
  EXPECT_EQ(parsed.inputs[0].windows, inputs.inputs[0].windows);
  EXPECT_EQ(parsed.inputs[1].data.to_floats(), values);
  EXPECT_TRUE(parsed.inputs[1].windows.empty());
}

TEST(Protocol, AnOlderWorkerIsNotGivenInputsItWouldPlayWrongly) {
  CaseInputs inputs{.step_count = 1, .inputs = {{}}, .state = {}};
  EXPECT_TRUE(can_play(1, inputs));
  inputs.setup_count = 1;
  EXPECT_FALSE(can_play(2, inputs));
  inputs.setup_count = 0;
  inputs.inputs[0].windows = {{0, 1}};
  EXPECT_FALSE(can_play(2, inputs));
  EXPECT_TRUE(can_play(3, inputs));
}

TEST(Protocol, ConstantsSurviveTheTripAndOlderWorkersHaveNone) {
  const LoadReply reply{.constants = {{"get_eos_ids", {0, 2}}, {"get_max_seq_len", {512}}}};
  Frame frame = load_reply_frame(reply);
  EXPECT_EQ(parse_load_reply(frame)->constants, reply.constants);
  frame.message.erase("constants");
  EXPECT_TRUE(parse_load_reply(frame)->constants.empty());
}

TEST(Protocol, OutputsAndTheirHashesSurviveTheTrip) {
  AccuracyReply sent{.outputs = {}, .first_inference_ns = 12345};
  sent.outputs.outputs = {Tensor::from_floats("y", {2, 1}, std::vector<float>{0.5F, 0.25F})};
  sent.outputs.step_hashes = {0xFFFFFFFFFFFFFFFFULL, 1};
  const AccuracyReply received = parse_accuracy_reply(accuracy_reply_frame(sent)).value();
  EXPECT_EQ(received.first_inference_ns, 12345);
  EXPECT_EQ(received.outputs.step_hashes, sent.outputs.step_hashes);
  EXPECT_EQ(received.outputs.outputs[0].to_floats(), sent.outputs.outputs[0].to_floats());
}

TEST(Protocol, SamplesSurviveTheTrip) {
  const SampleBlock sent{.start_ns = 99, .latency_ns = {5, 4, 3}, .wrong_outputs = 2};
  const SampleBlock received = parse_block_reply(block_reply_frame(sent)).value();
  EXPECT_EQ(received.latency_ns, sent.latency_ns);
  EXPECT_EQ(received.start_ns, 99);
  EXPECT_EQ(received.wrong_outputs, 2U);
}

TEST(Protocol, AProfileSurvivesTheTrip) {
  const Profile sent{.operators = {{"Add (ND) #1", OperatorKind::kDelegateNode, 8, 1000},
                                   {"native_call_add.out", OperatorKind::kOperator, 4, 1}},
                     .executions = 4,
                     .left_out = 1,
                     .traced_wall_ns = 5000,
                     .traced_median_ns = 1250,
                     .untraced_median_ns = 1200};
  EXPECT_EQ(parse_profile_reply(profile_reply_frame(sent)).value(), sent);
}

TEST(Protocol, AnOperatorOfAnUnknownKindIsRefused) {
  Frame frame = profile_reply_frame({.operators = {{"x", OperatorKind::kOther, 1, 1}}});
  frame.message["operators"][0]["kind"] = "fused";
  EXPECT_EQ(parse_profile_reply(frame).error().code, ErrorCode::kCorrupt);
}

TEST(Protocol, AnErrorReplyKeepsCodeAndMessage) {
  const Status status =
      check_reply(error_frame(make_error(ErrorCode::kOutOfMemory, "no memory for {}", "x")));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kOutOfMemory);
  EXPECT_EQ(status.error().message, "no memory for x");
}

TEST(Protocol, AWorkerOfAnotherVersionIsRefusedWithBothVersions) {
  Frame hello = hello_frame(1);
  hello.message["protocol"] = 99U;
  const Result<int> status = check_hello(hello);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(status.error().message.find("99"), std::string::npos);
}

TEST(Protocol, AnOlderWorkerIsStillDriven) {
  Frame hello = hello_frame(1);
  hello.message["protocol"] = static_cast<unsigned>(kOldestProtocolVersion);
  EXPECT_EQ(check_hello(hello).value(), kOldestProtocolVersion);
}

TEST(Protocol, ABlockKeepsItsConditionsWithTheUnreadableOnesMissing) {
  const SampleBlock sent{.latency_ns = {5},
                         .conditions = BlockConditions{.wall_ns = 6,
                                                       .cpu_ns = 7,
                                                       .voluntary_switches = 1,
                                                       .involuntary_switches = 2,
                                                       .minor_faults = 3,
                                                       .major_faults = 4,
                                                       .temperature_mdeg_c = -1,
                                                       .instructions = 1ULL << 40}};
  EXPECT_EQ(parse_block_reply(block_reply_frame(sent)).value(), sent);
}

TEST(Protocol, ExpectedHashesArriveAsTheyWere) {
  const std::vector<std::uint64_t> hashes{0, ~std::uint64_t{0}, 42};
  EXPECT_EQ(parse_expect(expect_frame(hashes)).value(), hashes);
}

TEST(Protocol, ABlockRequestKeepsItsCountAndKind) {
  const BlockRequest request = parse_block(block_frame({.count = 9, .same_input = true})).value();
  EXPECT_EQ(request.count, 9U);
  EXPECT_TRUE(request.same_input);
}

TEST(Protocol, APayloadShorterThanItsTensorsIsRefused) {
  AccuracyReply sent;
  sent.outputs.outputs = {Tensor::from_floats("y", {2}, std::vector<float>{1, 2})};
  sent.outputs.step_hashes = {1};
  Frame frame = accuracy_reply_frame(sent);
  frame.payload.pop_back();
  EXPECT_EQ(parse_accuracy_reply(frame).error().code, ErrorCode::kCorrupt);
}

TEST(Protocol, ASampleCountBeyondThePayloadIsRefused) {
  Frame frame = block_reply_frame({.latency_ns = {1, 2}});
  frame.message["count"] = 1ULL << 62;
  EXPECT_EQ(parse_block_reply(frame).error().code, ErrorCode::kCorrupt);
}

TEST(Protocol, AMissingFieldIsNamed) {
  Frame frame = load_frame({.pte = "a.pte"});
  frame.message.erase("method");
  EXPECT_NE(parse_load(frame).error().message.find("'method'"), std::string::npos);
}

}  // namespace
}  // namespace assay::run
