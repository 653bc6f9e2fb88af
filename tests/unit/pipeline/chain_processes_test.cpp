#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/pipeline/chain_processes.h>

namespace assay::pipeline {
namespace {

using testing::ElementsAre;

ChainMix mix(const std::string& name) {
  return {.name = name, .vad = name + "-v", .asr = name + "-a", .llm = name + "-l"};
}

/// Answers in place of processes, and writes down what was asked for.
class ScriptedProcesses {
 public:
  PlayInProcess play() {
    return [this](const PlayRequest& request) -> Result<ProcessReport> {
      asked.push_back(request.only.empty() ? request.mix : request.mix + " " + request.only);
      if (asked.back() == failing) {
        return make_error(ErrorCode::kEngine, "it died");
      }
      ProcessReport report;
      report.loaded.memory.push_back({.phase = "start", .vm_hwm_bytes = 100});
      report.peak = {.phase = "end", .vm_hwm_bytes = 107};
      return report;
    };
  }

  std::vector<std::string> asked;
  std::string failing;
};

std::vector<MixOutcome> play(ScriptedProcesses& processes, std::size_t count) {
  const MixPlan plan{.mixes = {mix("a"), mix("b")}, .processes = count};
  return play_mixes(ChainSuite{}, plan, processes.play(), [](const ChainMix&, std::size_t) {});
}

TEST(PlayMixes, TheMixesTakeTurnsThereAndBackAgain) {
  ScriptedProcesses processes;
  play(processes, 3);
  processes.asked.resize(6);
  EXPECT_THAT(processes.asked, ElementsAre("a-v,a-a,a-l", "b-v,b-a,b-l", "b-v,b-a,b-l",
                                           "a-v,a-a,a-l", "a-v,a-a,a-l", "b-v,b-a,b-l"));
}

TEST(PlayMixes, AMixWhoseProcessFailedIsNotStartedAgainAndTheOthersGoOn) {
  ScriptedProcesses processes;
  processes.failing = "a-v,a-a,a-l";
  const std::vector<MixOutcome> outcomes = play(processes, 2);
  EXPECT_EQ(outcomes[0].reason, "it died");
  EXPECT_FALSE(outcomes[0].summary.has_value());
  EXPECT_TRUE(outcomes[1].summary.has_value());
  EXPECT_EQ(std::ranges::count(processes.asked, processes.failing), 1);
}

TEST(PlayMixes, WhatTheModelsTakeAloneIsSummed) {
  ScriptedProcesses processes;
  EXPECT_EQ(play(processes, 1)[0].summary->parts_bytes, 3U * 7U);
}

TEST(PlayMixes, WithoutOneOfTheModelsTheSumIsUnknown) {
  ScriptedProcesses processes;
  processes.failing = "b-v,b-a,b-l asr";
  const std::vector<MixOutcome> outcomes = play(processes, 1);
  EXPECT_EQ(outcomes[1].summary->parts_bytes, 0U);
  EXPECT_EQ(outcomes[1].reason, "");
}

TEST(PlayWords, TheyAskForWhatIsWanted) {
  EXPECT_THAT(play_words({.suite = "s.json", .mix = "x,y,z", .threads = 2, .passes = 5}),
              ElementsAre("internal-pipeline", "s.json", "--mix", "x,y,z", "--threads", "2",
                          "--passes", "5"));
  EXPECT_THAT(play_words({.suite = "s.json", .mix = "x,y,z", .only = "asr"}),
              testing::Contains("--only"));
}

}  // namespace
}  // namespace assay::pipeline
