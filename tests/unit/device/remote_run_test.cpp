#include <chrono>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <harness/device/local_link.h>
#include <harness/device/remote_run.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::device {
namespace {

namespace fs = std::filesystem;

/// A run whose program is a shell script, on this machine.
class RemoteRunTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const fs::path input = folder_ / "input";
    std::ofstream(input) << "data";
    const RunFile file{.object = {input, sha256_file(input).value(), 4, false},
                       .tree_path = "datasets/input"};
    const DeviceKit kit{.sha256 = std::string(64, 'a')};
    const auto report =
        sync_objects(link_, run_.root, {&file.object, 1}, run_layout(run_, kit, {}, {&file, 1}));
    ASSERT_TRUE(report.ok()) << report.error().message;
  }
  void start(const std::string& script) {
    const std::vector<std::string> launch{"sh", "-c"};
    const std::vector<std::string> arguments{script};
    const Status status = start_run(link_, run_, launch, arguments);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  RemoteState wait_for_end() {
    RemoteState state;
    for (int i = 0; i < 500; ++i) {
      state = poll_run(link_, run_, seen_).value();
      messages_ += state.new_messages;
      if (state.exit_code || !state.alive) {
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return state;
  }

  fakes::TemporaryFolder folder_;
  LocalLink link_{10};
  RemoteRun run_{(folder_ / "device").string(), "uuid-1", (folder_ / "zone*").string()};
  std::uint64_t seen_ = 0;
  std::string messages_;
};

TEST_F(RemoteRunTest, TheProgramFindsItsFilesAndItsExitCodeAndMessagesComeBack) {
  start("cat datasets/input >&2; exit 1");
  EXPECT_EQ(wait_for_end().exit_code, 1);
  EXPECT_EQ(messages_, "data");
}

TEST_F(RemoteRunTest, ItKnowsTheWordsThatStartItAgain) {
  start("printf %s \"$ASSAY_LAUNCH\" >&2");
  EXPECT_EQ(wait_for_end().exit_code, 0);
  EXPECT_EQ(messages_, "sh\n-c");
}

TEST_F(RemoteRunTest, MessagesComePiecemealAndNoneTwice) {
  start("echo one >&2; while [ ! -e go ]; do sleep 0.05; done; echo two >&2");
  while (messages_ != "one\n") {
    messages_ += poll_run(link_, run_, seen_).value().new_messages;
  }
  std::ofstream(fs::path(run_.folder()) / "tree/go") << "";
  EXPECT_EQ(wait_for_end().exit_code, 0);
  EXPECT_EQ(messages_, "one\ntwo\n");
}

TEST_F(RemoteRunTest, StoppingLetsTheProgramEndItself) {
  start("trap 'echo stopping >&2; exit 130' TERM; while :; do sleep 0.05; done");
  ASSERT_TRUE(stop_run(link_, run_, false).ok());
  EXPECT_EQ(wait_for_end().exit_code, 130);
  EXPECT_THAT(messages_, ::testing::HasSubstr("stopping\n"));
}

TEST_F(RemoteRunTest, AKilledRunIsNeitherAliveNorEnded) {
  start("sleep 60");
  ASSERT_TRUE(stop_run(link_, run_, true).ok());
  const RemoteState state = wait_for_end();
  EXPECT_FALSE(state.alive);
  EXPECT_EQ(state.exit_code, std::nullopt);
}

TEST_F(RemoteRunTest, TheRoomThatIsLeftIsThatOfItsFolder) {
  EXPECT_GT(read_free_bytes(link_, run_).value(), 0U);
  EXPECT_EQ(read_free_bytes(link_, {"/no/such/folder", "uuid-1", ""}), std::nullopt);
}

TEST_F(RemoteRunTest, ItsTemperatureIsThatOfTheSensors) {
  std::ofstream(folder_ / "zone0") << "61000\n";
  start("exit 0");
  EXPECT_EQ(wait_for_end().temperature_c, 61.0);
}

TEST_F(RemoteRunTest, ADatabaseThatWasNeverWrittenIsNamedAndOneThatWasComesBackWhole) {
  const fs::path target = folder_ / "pulled.db";
  const Status nothing = pull_database(link_, run_, target);
  ASSERT_FALSE(nothing.ok());
  EXPECT_THAT(nothing.error().message, ::testing::HasSubstr("left no database"));
  start("printf rows > ../results.db");
  EXPECT_EQ(wait_for_end().exit_code, 0);
  ASSERT_TRUE(pull_database(link_, run_, target).ok());
  EXPECT_EQ(read_text_file(target).value(), "rows");
}

TEST_F(RemoteRunTest, ARemovedRunIsGoneAndSaysSo) {
  ASSERT_TRUE(remove_run(link_, run_).ok());
  const auto state = poll_run(link_, run_, seen_);
  ASSERT_FALSE(state.ok());
  EXPECT_THAT(state.error().message, ::testing::HasSubstr("is gone from the device"));
}

}  // namespace
}  // namespace assay::device
