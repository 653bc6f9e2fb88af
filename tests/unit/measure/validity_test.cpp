#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/measure/validity.h>

namespace assay::measure {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SampleBlock block_of(std::int64_t latency_ns, std::size_t runs = 30) {
  return {.latency_ns = std::vector<std::int64_t>(runs, latency_ns)};
}

SampleBlock same_input(std::int64_t latency_ns, std::int64_t pair = 0) {
  SampleBlock block = block_of(latency_ns);
  block.same_input = true;
  block.pair = pair;
  return block;
}

TEST(Validity, EnoughRunsWithTheSameOutputsAreValid) {
  EXPECT_THAT(find_invalid({.blocks = {block_of(1'000'000), same_input(1'000'000)}}), IsEmpty());
}

TEST(Validity, TenRunsAreTooFewAndElevenAreNot) {
  EXPECT_THAT(find_invalid({.blocks = {block_of(1'000'000, 10)}}),
              ElementsAre("too few executions: 10; a median needs 11"));
  EXPECT_THAT(find_invalid({.blocks = {block_of(1'000'000, 11)}}), IsEmpty());
}

TEST(Validity, WarmUpRunsAreNotEnough) {
  SampleBlock warmup = block_of(1'000'000);
  warmup.warmup = true;
  EXPECT_THAT(find_invalid({.blocks = {warmup}}), ElementsAre(HasSubstr("too few executions: 0")));
}

TEST(Validity, OneOtherOutputIsEnough) {
  SampleBlock block = block_of(1'000'000);
  block.wrong_outputs = 1;
  EXPECT_THAT(find_invalid({.blocks = {block}}),
              ElementsAre("1 of 30 timed executions gave other outputs than the accuracy pass"));
}

TEST(Validity, AnEngineThatRemembersAnAnswerIsInvalid) {
  EXPECT_THAT(find_invalid({.blocks = {block_of(1'000'000), same_input(890'000)}}),
              ElementsAre(HasSubstr("the same input again takes 0.8900 ms, different inputs 1.0000 "
                                    "ms: more than 10 % faster")));
  EXPECT_THAT(find_invalid({.blocks = {block_of(1'000'000), same_input(920'000)}}), IsEmpty());
}

TEST(Validity, OneComparisonThatIsNotSuspiciousClearsTheOthers) {
  EXPECT_THAT(find_invalid({.blocks = {block_of(1'000'000), same_input(500'000),
                                       block_of(1'000'000), same_input(1'000'000)}}),
              IsEmpty());
}

TEST(Validity, ShortExecutionsMayVaryByTwentyPercent) {
  EXPECT_THAT(find_invalid({.blocks = {block_of(100'000), same_input(89'000)}}), IsEmpty());
  EXPECT_THAT(find_invalid({.blocks = {block_of(100'000), same_input(80'000)}}),
              ElementsAre(HasSubstr("more than 20 % faster")));
}

TEST(Validity, ASlowerSameInputIsFine) {
  EXPECT_THAT(find_invalid({.blocks = {block_of(1'000'000), same_input(5'000'000)}}), IsEmpty());
}

TEST(Validity, TheSameInputIsComparedWithItsOwnPairOfProcesses) {
  SampleBlock slow_pair = block_of(2'000'000);
  slow_pair.pair = 1;
  EXPECT_THAT(find_invalid({.blocks = {block_of(1'000'000), slow_pair, same_input(1'000'000)}}),
              IsEmpty());
  EXPECT_THAT(find_invalid({.blocks = {block_of(1'000'000), slow_pair, same_input(1'000'000, 1)}}),
              ElementsAre(HasSubstr("as if answers were remembered")));
}

}  // namespace
}  // namespace assay::measure
