#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <harness/artifacts/artifact_store.h>
#include <harness/base/file.h>
#include <harness/base/hash.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::artifacts {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ArtifactStoreTest : public testing::Test {
 protected:
  fs::path write(const std::string& name, std::string_view contents) {
    const fs::path path = folder_ / name;
    EXPECT_TRUE(write_file_atomically(path, contents).ok());
    return path;
  }
  std::string keep(const fs::path& file) {
    const Result<Artifact> artifact = store_.keep("input", "a", file);
    EXPECT_TRUE(artifact.ok()) << artifact.error().message;
    return artifact.ok() ? artifact->sha256 : "";
  }
  /// Replaces what an object holds, as a careless hand would.
  void tamper(const std::string& sha256, std::string_view contents) {
    fs::permissions(store_.path_of(sha256), fs::perms::owner_all);
    std::ofstream(store_.path_of(sha256), std::ios::trunc) << contents;
  }

  fakes::TemporaryFolder folder_;
  ArtifactStore store_{folder_ / "results.db.artifacts"};
};

TEST_F(ArtifactStoreTest, TheFolderStandsBesideTheDatabase) {
  EXPECT_EQ(ArtifactStore::folder_beside("some/results.db"), "some/results.db.artifacts");
}

TEST_F(ArtifactStoreTest, AFileIsKeptUnderTheHashOfItsContents) {
  const Artifact artifact = store_.keep("model", "m/int8", write("a", "abc")).value();
  const std::string sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(artifact, (Artifact{.role = "model", .name = "m/int8", .sha256 = sha256, .bytes = 3}));
  EXPECT_EQ(store_.path_of(sha256), store_.folder() / "ba" / sha256);
  EXPECT_EQ(read_text_file(store_.path_of(sha256)).value(), "abc");
  EXPECT_TRUE(store_.verify(sha256).ok());
}

TEST_F(ArtifactStoreTest, EqualFilesAreKeptOnce) {
  EXPECT_EQ(keep(write("a", "same")), keep(write("b", "same")));
  EXPECT_EQ(store_.list()->size(), 1U);
}

TEST_F(ArtifactStoreTest, AnEmptyFileIsKept) {
  const std::string sha256 = keep(write("empty", ""));
  EXPECT_TRUE(store_.verify(sha256).ok());
  EXPECT_EQ(store_.list().value(), (std::vector<StoredObject>{{.sha256 = sha256, .bytes = 0}}));
}

TEST_F(ArtifactStoreTest, AnEditOfTheOriginalInPlaceDoesNotReachTheCopy) {
  const fs::path original = write("a", "before");
  const std::string sha256 = keep(original);
  std::ofstream(original, std::ios::in | std::ios::out) << "after!";
  EXPECT_TRUE(store_.verify(sha256).ok());
}

TEST_F(ArtifactStoreTest, AChangedFileIsKeptAnew) {
  const std::string before = keep(write("a", "before"));
  const std::string after = keep(write("a", "after"));
  EXPECT_NE(before, after);
  EXPECT_EQ(store_.list()->size(), 2U);
}

TEST_F(ArtifactStoreTest, ObjectsAreReadOnlyAndProgramsStayExecutable) {
  const fs::path program = write("program", "#!/bin/sh\n");
  fs::permissions(program, fs::perms::owner_all);
  const auto mode = [&](const std::string& sha256) {
    return static_cast<unsigned>(fs::status(store_.path_of(sha256)).permissions());
  };
  EXPECT_EQ(mode(keep(program)), 0555U);
  EXPECT_EQ(mode(keep(write("data", "data"))), 0444U);
}

TEST_F(ArtifactStoreTest, WhatIsMissingOrNoFileCannotBeKept) {
  EXPECT_EQ(store_.keep("input", "a", folder_ / "none").error().code, ErrorCode::kNotFound);
  const Error error = store_.keep("input", "a", folder_.path()).error();
  EXPECT_EQ(error.code, ErrorCode::kIo);
  EXPECT_THAT(error.message, HasSubstr("not a regular file"));
}

TEST_F(ArtifactStoreTest, AMissingObjectIsNotFound) {
  EXPECT_EQ(store_.verify(std::string(64, 'a')).error().code, ErrorCode::kNotFound);
}

TEST_F(ArtifactStoreTest, ACorruptObjectIsNoticedAndTheErrorSaysWhatToDo) {
  const std::string sha256 = keep(write("a", "good"));
  tamper(sha256, "evil");
  const Error error = store_.verify(sha256).error();
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_THAT(error.message, HasSubstr("changed after it was kept"));
}

TEST_F(ArtifactStoreTest, AHashThatIsAPathIsRefused) {
  EXPECT_EQ(store_.verify("../../../etc/passwd").error().code, ErrorCode::kCorrupt);
}

TEST_F(ArtifactStoreTest, AnObjectOfTheWrongSizeIsReplaced) {
  const fs::path file = write("a", "whole");
  const std::string sha256 = keep(file);
  tamper(sha256, "who");
  EXPECT_EQ(keep(file), sha256);
  EXPECT_TRUE(store_.verify(sha256).ok());
}

TEST_F(ArtifactStoreTest, AStoreThatWasNeverUsedHoldsNothing) {
  EXPECT_TRUE(store_.list()->empty());
  EXPECT_FALSE(fs::exists(store_.folder()));
}

TEST_F(ArtifactStoreTest, PruneRemovesWhatNobodyNeedsAndNothingElse) {
  const std::string needed = keep(write("a", "needed"));
  const std::string unneeded = keep(write("b", "unneeded"));
  const Pruned pruned = store_.prune({needed}, false).value();
  EXPECT_EQ(pruned.objects, (std::vector<StoredObject>{{.sha256 = unneeded, .bytes = 8}}));
  EXPECT_EQ(store_.list().value(), (std::vector<StoredObject>{{.sha256 = needed, .bytes = 6}}));
}

TEST_F(ArtifactStoreTest, ADryRunOnlySaysWhatItWouldRemove) {
  keep(write("a", "unneeded"));
  EXPECT_EQ(store_.prune({}, true)->objects.size(), 1U);
  EXPECT_EQ(store_.list()->size(), 1U);
}

TEST_F(ArtifactStoreTest, PruneRemovesUnfinishedCopies) {
  keep(write("a", "whole"));
  std::ofstream(store_.folder() / "incoming" / "incoming-abcdef") << "half";
  std::ofstream(store_.folder() / "hashes.123.tmp") << "half";
  EXPECT_EQ(store_.prune({}, false)->leftovers.size(), 2U);
  EXPECT_TRUE(fs::is_empty(store_.folder() / "incoming"));
  EXPECT_FALSE(fs::exists(store_.folder() / "hashes.123.tmp"));
}

TEST_F(ArtifactStoreTest, AStoreInUseIsNotPruned) {
  const auto in_use = store_.lock_for_use();
  ASSERT_TRUE(in_use.ok());
  EXPECT_TRUE(store_.lock_for_use().ok()) << "others may use it too";
  const Error error = store_.lock_for_pruning().error();
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_THAT(error.message, HasSubstr("in use"));
}

TEST_F(ArtifactStoreTest, AStoreThatIsNoLongerInUseCanBePruned) {
  { ASSERT_TRUE(store_.lock_for_use().ok()); }
  EXPECT_TRUE(store_.lock_for_pruning().ok());
}

TEST_F(ArtifactStoreTest, AFolderThatCannotBeMadeIsNamed) {
  const ArtifactStore store(write("a file", "") / "x.artifacts");
  const Error error = store.lock_for_use().error();
  EXPECT_EQ(error.code, ErrorCode::kIo);
  EXPECT_THAT(error.message, HasSubstr("x.artifacts"));
}

/// Runs `action` in a child process; its exit code, or -signal.
template <class Action>
int in_child(const Action& action) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::_exit(action() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

TEST_F(ArtifactStoreTest, AFullDiskIsAnErrorThatLeavesNothingBehind) {
  const fs::path file = write("big", std::string(1 << 20, 'x'));
  const int outcome = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const Result<Artifact> artifact = store_.keep("input", "a", file);
    return !artifact.ok() && artifact.error().code == ErrorCode::kIo;
  });
  EXPECT_EQ(outcome, 0);
  EXPECT_TRUE(store_.list()->empty());
  EXPECT_TRUE(fs::is_empty(store_.folder() / "incoming"));
}

TEST_F(ArtifactStoreTest, ProcessesThatKeepTheSameFilesAtOnceLoseNothing) {
  std::vector<fs::path> files;
  for (int i = 0; i < 20; ++i) {
    files.push_back(write(std::to_string(i), std::string(100'000, static_cast<char>('a' + i))));
  }
  std::vector<pid_t> children;
  for (int child = 0; child < 4; ++child) {
    children.push_back(::fork());
    if (children.back() == 0) {
      bool all = true;
      for (const fs::path& file : files) {
        all = all && store_.keep("input", "a", file).ok();
      }
      ::_exit(all && store_.save_hashes().ok() ? 0 : 1);
    }
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const std::vector<StoredObject> objects = store_.list().value();
  EXPECT_EQ(objects.size(), files.size());
  for (const StoredObject& object : objects) {
    EXPECT_TRUE(store_.verify(object.sha256).ok());
  }
}

TEST_F(ArtifactStoreTest, AKilledKeepLeavesNoObjectThatIsNotWhole) {
  const fs::path file = write("big", std::string(4 << 20, 'x'));
  const auto keep_in_child = [&] {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::_exit(store_.keep("input", "a", file).ok() ? 0 : 1);
    }
    return pid;
  };
  const auto check_and_forget = [&] {
    for (const StoredObject& object : store_.list().value()) {
      EXPECT_TRUE(store_.verify(object.sha256).ok());
      fs::remove(store_.path_of(object.sha256));
    }
  };
  // Killed at forty moments of the time that it takes here, under a sanitizer, too.
  constexpr int kMoments = 40;
  const auto start = std::chrono::steady_clock::now();
  ::waitpid(keep_in_child(), nullptr, 0);
  const auto step = (std::chrono::steady_clock::now() - start) / kMoments;
  check_and_forget();
  for (int i = 0; i < kMoments; ++i) {
    SCOPED_TRACE(i);
    const pid_t pid = keep_in_child();
    std::this_thread::sleep_for(step * i);
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    check_and_forget();
  }
  ASSERT_TRUE(store_.prune({}, false).ok());
  EXPECT_TRUE(fs::is_empty(store_.folder() / "incoming"));
  EXPECT_TRUE(store_.verify(keep(file)).ok());
}

}  // namespace
}  // namespace assay::artifacts
