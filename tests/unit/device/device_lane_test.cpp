#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/device/device_lane.h>
#include <tests/fakes/fake_clock.h>
#include <tests/fakes/scripted_link.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::device {
namespace {

using fakes::LinkStep;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// One device, whose run takes 10 s and may be gone for 60 s.
class DeviceLaneTest : public ::testing::Test, public LaneObserver {
 protected:
  DeviceLaneTest() {
    job_.device.name = "phone";
    job_.device.root = "/r";
    job_.uuid = "uuid-1";
    job_.database = folder_ / "pulled.db";
    job_.files = {{.object = {.path = "clip.wav", .sha256 = std::string(64, 'b'), .bytes = 1'000},
                   .tree_path = "datasets/clip.wav"}};
    job_.find_kit = [](const std::string& /*arch*/) -> Result<DeviceKit> {
      DeviceKit kit{.arch = "x86_64", .tool_commit = "abc"};
      kit.launch = {"bin/assay"};
      kit.files = {{.path = "bin/assay",
                    .object = {.path = "assay",
                               .sha256 = std::string(64, 'a'),
                               .bytes = 5'000,
                               .executable = true}}};
      return kit;
    };
  }
  LaneOutcome drive() { return run_lane(job_, link_, clock_, *this, stop_); }
  /// The device is gone from `from_s` on, until `to_s`.
  void lose(double from_s, double to_s = 1e6) {
    clock_.at(from_s, [this] { link_.reachable = false; });
    clock_.at(to_s, [this] { link_.reachable = true; });
  }
  void stop_at(double seconds) {
    clock_.at(seconds, [this] { stop_ = true; });
  }
  /// The process is gone and wrote nothing: killed, or the device started anew.
  void kill_run_at(double seconds) {
    clock_.at(seconds, [this] { link_.device.process_there = false; });
  }

  void note(const std::string& device, const std::string& text) override {
    EXPECT_EQ(device, "phone");
    notes_.push_back(text);
  }
  void messages(const std::string& /*device*/, const std::string& text) override {
    messages_ += text;
  }

  fakes::TemporaryFolder folder_;
  fakes::FakeClock clock_;
  fakes::ScriptedLink link_{clock_};
  LaneJob job_;
  std::atomic<bool> stop_{false};
  std::vector<std::string> notes_;
  std::string messages_;
};

TEST_F(DeviceLaneTest, ARunThatGoesWellBringsItsDatabaseAndLeavesNothing) {
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "") << outcome.reason;
  EXPECT_TRUE(outcome.has_database);
  EXPECT_FALSE(outcome.stopped);
  EXPECT_EQ(read_text_file(job_.database).value(), "rows");
  EXPECT_EQ(outcome.facts.at("push_files"), "2");
  EXPECT_EQ(outcome.facts.at("push_bytes"), "6000");
  EXPECT_EQ(outcome.facts.at("push_s"), "2.000");
  EXPECT_EQ(outcome.facts.at("kit_commit"), "abc");
  EXPECT_EQ(link_.steps.back(), LinkStep::kRemove);
  EXPECT_LE(clock_.seconds(), 14.0) << "2 s of pushing, 10 s of running";
}

TEST_F(DeviceLaneTest, WhatTheRunPrintsIsHeardOnce) {
  clock_.at(4, [this] { link_.device.messages += "one\n"; });
  clock_.at(7, [this] { link_.device.messages += "two\n"; });
  (void)drive();
  EXPECT_EQ(messages_, "one\ntwo\n");
}

// Connecting, and the kit

TEST_F(DeviceLaneTest, ADeviceThatIsNotThereFailsAtOnceAtConnect) {
  link_.reachable = false;
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "connect");
  EXPECT_EQ(outcome.reason, "the device is gone");
  EXPECT_FALSE(outcome.has_database);
  EXPECT_LE(clock_.seconds(), 1.0) << "only a device that was there is waited for";
}

TEST_F(DeviceLaneTest, AKitOfAnotherArchitectureIsRefusedBeforeAnythingIsSent) {
  link_.device.arch = "aarch64";
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "kit");
  EXPECT_THAT(outcome.reason, HasSubstr("is for x86_64, the device is aarch64"));
  EXPECT_EQ(link_.count(LinkStep::kStock), 0);
}

TEST_F(DeviceLaneTest, WithoutAKitItFailsWithTheReasonOfTheSearch) {
  job_.find_kit = [](const std::string& arch) -> Result<DeviceKit> {
    return make_error(ErrorCode::kNotFound, "no kit for {}", arch);
  };
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "kit");
  EXPECT_EQ(outcome.reason, "no kit for x86_64");
}

// Pushing

TEST_F(DeviceLaneTest, ADeviceThatIsLostWhileFilesAreSentFailsAtPush) {
  link_.failures[{LinkStep::kPush, 0}] = make_error(ErrorCode::kDeviceLost, "cable pulled");
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "push");
  EXPECT_EQ(outcome.reason, "cable pulled");
  EXPECT_EQ(link_.count(LinkStep::kStart), 0);
  EXPECT_EQ(link_.count(LinkStep::kDescribeFile), 0) << "nothing ran, so nothing is fetched";
}

TEST_F(DeviceLaneTest, AFullDeviceIsRefusedBeforeAnythingIsSent) {
  link_.device.free_kib = 1'000;
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "push");
  EXPECT_THAT(outcome.reason, HasSubstr("no room on the device"));
  EXPECT_EQ(link_.count(LinkStep::kPush), 0);
}

TEST_F(DeviceLaneTest, AFileThatArrivesDamagedIsNotRun) {
  link_.damages_files = true;
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "push");
  EXPECT_THAT(outcome.reason, HasSubstr("arrived damaged"));
  EXPECT_EQ(link_.count(LinkStep::kStart), 0);
}

TEST_F(DeviceLaneTest, WhatIsThereIsNotSentAgain) {
  link_.device.objects = {{std::string(64, 'a'), std::string(64, 'a')},
                          {std::string(64, 'b'), std::string(64, '0')}};
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "");
  EXPECT_EQ(outcome.facts.at("push_kept_files"), "1");
  EXPECT_EQ(outcome.facts.at("push_replaced_files"), "1");
  EXPECT_EQ(outcome.facts.at("push_bytes"), "1000");
}

// Cooling down

TEST_F(DeviceLaneTest, AWarmDeviceIsWaitedForUntilItIsCool) {
  job_.device.heat.start_below_c = 40;
  link_.device.temperature_c = 55;
  clock_.at(100, [this] { link_.device.temperature_c = 39; });
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "");
  EXPECT_NEAR(std::stod(outcome.facts.at("cool_down_s")), 98, 1.1);
  EXPECT_THAT(notes_, Contains("55.0 degrees; waiting until it is below 40.0"));
}

TEST_F(DeviceLaneTest, ADeviceThatStaysWarmFailsAtCoolDownAndRunsNothing) {
  job_.device.heat = {.start_below_c = 40, .trip_c = {}, .patience_s = 120};
  link_.device.temperature_c = 55;
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "cool-down");
  EXPECT_THAT(outcome.reason, HasSubstr("still 55.0 degrees after 120 s"));
  EXPECT_EQ(link_.count(LinkStep::kStart), 0);
  EXPECT_NEAR(clock_.seconds(), 123, 2);
}

TEST_F(DeviceLaneTest, ADeviceThatIsLostWhileItCoolsFailsAtCoolDown) {
  job_.device.heat.start_below_c = 40;
  link_.device.temperature_c = 55;
  lose(20);
  EXPECT_EQ(drive().failed_stage, "cool-down");
}

TEST_F(DeviceLaneTest, ATemperatureThatCannotBeReadIsNoReasonToWait) {
  job_.device.heat.start_below_c = 40;
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "");
  EXPECT_EQ(outcome.facts.at("cool_down_s"), "0.0");
}

// Lost and back

TEST_F(DeviceLaneTest, ADeviceThatIsGoneBeforeItsRunStartsIsWaitedFor) {
  link_.on_step[LinkStep::kPoll] = [this](int number) {
    if (number == 0) {
      link_.reachable = false;
      clock_.at(clock_.seconds() + 40, [this] { link_.reachable = true; });
    }
  };
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "") << outcome.reason;
  EXPECT_TRUE(outcome.has_database);
  EXPECT_THAT(notes_, Contains("lost; waiting for it to come back"));
  EXPECT_EQ(link_.count(LinkStep::kStart), 1);
}

TEST_F(DeviceLaneTest, AStartWhoseAnswerIsLostIsAskedForAgainAndRunsOnce) {
  link_.lost_answers.insert({LinkStep::kStart, 0});
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "") << outcome.reason;
  EXPECT_EQ(link_.count(LinkStep::kStart), 2);
  EXPECT_LE(clock_.seconds(), 15.0) << "the run was not begun anew";
}

TEST_F(DeviceLaneTest, ADeviceThatIsGoneDuringItsRunIsWaitedForAndItsRunGoesOn) {
  lose(5, 50);
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "") << outcome.reason;
  EXPECT_TRUE(outcome.has_database);
  EXPECT_EQ(link_.count(LinkStep::kStart), 1);
  EXPECT_LE(clock_.seconds(), 53.0);
}

TEST_F(DeviceLaneTest, EachAbsenceHasItsOwnPatience) {
  link_.run_s = 200;
  for (const double from_s : {10, 70, 130}) {
    lose(from_s, from_s + 50);
  }
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "") << outcome.reason;
}

TEST_F(DeviceLaneTest, ADeviceThatDoesNotComeBackFailsAtRunWhenPatienceEnds) {
  lose(5);
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "run");
  EXPECT_EQ(outcome.reason, "the device is gone");
  EXPECT_FALSE(outcome.has_database);
  EXPECT_FALSE(outcome.stopped);
  EXPECT_GE(clock_.seconds(), 65.0);
  EXPECT_LE(clock_.seconds(), 70.0) << "and is not waited for again to fetch its database";
}

TEST_F(DeviceLaneTest, ADeviceThatHangsIsGivenUpAfterTheStepInWhichPatienceEnds) {
  link_.lost_after_s = 30;  // answer_s: it takes every step and answers none
  lose(5);
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "run");
  EXPECT_LE(clock_.seconds(), 5 + 60 + 2 * 31 + 30);
}

TEST_F(DeviceLaneTest, ARunThatIsStillThereIsGoneOnWithAndNotStartedAgain) {
  link_.device.has_pid = link_.device.process_there = true;
  clock_.at(8, [this] {
    link_.device.process_there = false;
    link_.device.exit_code = 0;
  });
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "") << outcome.reason;
  EXPECT_THAT(notes_, Contains("goes on with the run that is still there"));
  EXPECT_EQ(link_.count(LinkStep::kStart), 0);
}

// How runs end

TEST_F(DeviceLaneTest, ARunThatIsOverBeforeItIsLookedAtHasItsResult) {
  link_.run_s = 0.001;
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "") << outcome.reason;
  EXPECT_TRUE(outcome.has_database);
}

TEST_F(DeviceLaneTest, ARunWithFailedCellsIsNoFailureOfTheDevice) {
  link_.run_exit_code = 1;
  EXPECT_EQ(drive().failed_stage, "");
}

TEST_F(DeviceLaneTest, ARefusalOfTheProgramThereIsNamedAndWhatItHasIsFetched) {
  link_.run_exit_code = 2;
  clock_.at(5, [this] { link_.device.messages = "unknown option --frobnicate\n"; });
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "run");
  EXPECT_THAT(outcome.reason, HasSubstr("kit of commit abc"));
  EXPECT_THAT(outcome.reason, HasSubstr("ended with exit code 2: unknown option --frobnicate "));
  EXPECT_TRUE(outcome.has_database);
  EXPECT_EQ(link_.count(LinkStep::kRemove), 0) << "what failed can be looked at";
}

TEST_F(DeviceLaneTest, ARunThatIsGoneWithoutAnExitCodeWasKilledAndWhatItHasIsFetched) {
  kill_run_at(6);
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "run");
  EXPECT_THAT(outcome.reason, HasSubstr("ended without a word"));
  EXPECT_THAT(outcome.reason, Not(HasSubstr("full")));
  EXPECT_TRUE(outcome.has_database);
}

TEST_F(DeviceLaneTest, ARunThatFilledTheStorageIsNamedAsThat) {
  kill_run_at(6);
  clock_.at(6, [this] { link_.device.free_kib = 12; });
  EXPECT_THAT(drive().reason, HasSubstr("the storage of /r is full (12288 bytes are free)"));
}

TEST_F(DeviceLaneTest, ANumberThatAnotherProcessHasNowLooksAliveUntilTheRunsTimeIsUp) {
  job_.device.run_timeout_s = 100;
  // The device starts anew and gives the number in the pid file to a process that stays.
  kill_run_at(5.3);
  clock_.at(5.4, [this] { link_.device.process_there = true; });
  link_.run_s = 1e6;
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "run");
  EXPECT_THAT(outcome.reason, HasSubstr("took more than 100 s (run_timeout_s)"));
}

TEST_F(DeviceLaneTest, ARunThatTakesTooLongIsEndedAndWhatItHasIsFetched) {
  link_.run_s = 10'000;
  job_.device.run_timeout_s = 300;
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "run");
  EXPECT_EQ(link_.count(LinkStep::kTerminate), 1);
  EXPECT_TRUE(outcome.has_database);
  EXPECT_NEAR(clock_.seconds(), 304, 3);
}

TEST_F(DeviceLaneTest, ADeviceAtItsTripTemperatureIsStopped) {
  job_.device.heat.trip_c = 70;
  link_.device.temperature_c = 60;
  clock_.at(6, [this] { link_.device.temperature_c = 71.5; });
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "run");
  EXPECT_THAT(outcome.reason, HasSubstr("71.5 degrees reached, 70.0 is its trip temperature"));
  EXPECT_EQ(outcome.facts.at("temperature_highest_c"), "71.5");
  EXPECT_EQ(link_.count(LinkStep::kTerminate), 1);
}

// Stopping

TEST_F(DeviceLaneTest, AStopEndsTheRunAndFetchesWhatItHas) {
  stop_at(6);
  const LaneOutcome outcome = drive();
  EXPECT_TRUE(outcome.stopped);
  EXPECT_EQ(outcome.reason, "stopped by the user");
  EXPECT_EQ(link_.device.exit_code, 130) << "it ended by itself";
  EXPECT_TRUE(outcome.has_database);
  EXPECT_LE(clock_.seconds(), 9.0);
}

TEST_F(DeviceLaneTest, ARunThatDoesNotHeedAStopIsKilledAfterHalfAMinute) {
  link_.run_s = 1'000;
  link_.device.stops_after_s = 500;
  stop_at(6);
  const LaneOutcome outcome = drive();
  EXPECT_TRUE(outcome.stopped);
  EXPECT_EQ(link_.count(LinkStep::kKill), 1);
  EXPECT_EQ(link_.device.exit_code, std::nullopt);
  EXPECT_NEAR(clock_.seconds(), 36, 2);
}

TEST_F(DeviceLaneTest, AStopWhileALostDeviceIsWaitedForEndsTheWait) {
  lose(5);
  stop_at(20);
  const LaneOutcome outcome = drive();
  EXPECT_TRUE(outcome.stopped);
  EXPECT_EQ(outcome.failed_stage, "run");
  EXPECT_LE(clock_.seconds(), 22.0);
}

TEST_F(DeviceLaneTest, AStopWhileTheDeviceCoolsStartsNothing) {
  job_.device.heat.start_below_c = 40;
  link_.device.temperature_c = 55;
  stop_at(10);
  const LaneOutcome outcome = drive();
  EXPECT_TRUE(outcome.stopped);
  EXPECT_EQ(outcome.failed_stage, "cool-down");
  EXPECT_EQ(link_.count(LinkStep::kStart), 0);
}

// Fetching

TEST_F(DeviceLaneTest, ADeviceThatIsGoneWhenItsRunIsOverIsWaitedForOnce) {
  link_.on_step[LinkStep::kDescribeFile] = [this](int number) {
    if (number == 0) {
      link_.reachable = false;
      clock_.at(clock_.seconds() + 50, [this] { link_.reachable = true; });
    }
  };
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "") << outcome.reason;
  EXPECT_TRUE(outcome.has_database);
}

TEST_F(DeviceLaneTest, ADeviceThatIsGoneForGoodWhenItsRunIsOverFailsAtPull) {
  link_.on_step[LinkStep::kDescribeFile] = [this](int /*number*/) { link_.reachable = false; };
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "pull");
  EXPECT_FALSE(outcome.has_database);
  EXPECT_LE(clock_.seconds(), 80.0);
}

TEST_F(DeviceLaneTest, ARunWithoutADatabaseFailsAtPull) {
  link_.device.database.clear();
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "pull");
  EXPECT_THAT(outcome.reason, HasSubstr("left no database"));
}

TEST_F(DeviceLaneTest, ADatabaseThatIsDamagedOnItsWayIsNotTaken) {
  link_.on_step[LinkStep::kPull] = [this](int /*number*/) { link_.damages_files = true; };
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "pull");
  EXPECT_THAT(outcome.reason, HasSubstr("was damaged on its way"));
  EXPECT_FALSE(outcome.has_database);
}

TEST_F(DeviceLaneTest, AFailedPullDoesNotHideWhyTheRunFailed) {
  link_.run_exit_code = 3;
  link_.device.database.clear();
  const LaneOutcome outcome = drive();
  EXPECT_EQ(outcome.failed_stage, "run");
  EXPECT_FALSE(outcome.has_database);
}

}  // namespace
}  // namespace assay::device
