#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/gate/baseline.h>
#include <harness/gate/git.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::gate {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// A real repository:   first - second - third - merge   (main)
///                          \- side ---------/           (branch "side", committed after third)
class GitTest : public testing::Test {
 protected:
  GitTest() {
    git("init -q -b main .");
    first_ = make_commit("first", 1);
    git("checkout -q -b side");
    side_ = make_commit("side", 4);
    git("checkout -q main");
    second_ = make_commit("second", 2);
    third_ = make_commit("third", 3);
    merge_ = commit_at(5, "merge -q --no-ff -m merge side");
  }

  /// Runs git in the repository, away from the user's own settings.
  void git(const std::string& arguments) {
    const std::string command =
        fmt::format("cd '{}' && GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null git {}",
                    folder_.path().string(), arguments);
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  std::string commit_at(int minute, const std::string& arguments) {
    const std::string when = fmt::format("2026-01-01T00:{:02}:00Z", minute);
    ::setenv("GIT_AUTHOR_DATE", when.c_str(), 1);
    ::setenv("GIT_COMMITTER_DATE", when.c_str(), 1);
    git("-c user.name=a -c user.email=a@example.org " + arguments);
    return repository_.resolve_commit("HEAD").value();
  }
  std::string make_commit(const std::string& message, int minute) {
    return commit_at(minute, "commit -q --allow-empty -m " + message);
  }
  std::vector<std::string> ancestors(const std::string& commit) {
    std::vector<std::string> found;
    const Status walked = repository_.walk_ancestors(commit, [&](const std::string& ancestor) {
      found.push_back(ancestor);
      return true;
    });
    EXPECT_TRUE(walked.ok()) << walked.error().message;
    return found;
  }
  std::int64_t nearest_ancestor(const std::vector<std::string>& stored) {
    std::vector<RunInfo> runs;
    std::int64_t id = 0;
    for (const std::string& revision : stored) {
      RunInfo run;
      run.id = ++id;
      run.state = RunState::kFinished;
      run.fingerprint.tool_dirty = false;
      run.revision = revision;
      runs.insert(runs.begin(), run);
    }
    RunInfo candidate;
    candidate.id = ++id;
    candidate.revision = merge_;
    const Result<BaselineChoice> choice = choose_baseline(
        {.candidate = candidate, .runs = runs, .gates = {}, .selector = "ancestor"}, repository_);
    EXPECT_TRUE(choice.ok()) << choice.error().message;
    return choice.ok() ? choice->run_id : 0;
  }

  fakes::TemporaryFolder folder_;
  Git repository_{folder_.path()};
  std::string first_, second_, third_, side_, merge_;
};

TEST_F(GitTest, NamesAreResolvedToFullCommits) {
  EXPECT_TRUE(is_full_commit(first_));
  EXPECT_EQ(repository_.resolve_commit("side").value(), side_);
  EXPECT_EQ(repository_.resolve_commit("main~1").value(), third_);
  EXPECT_EQ(repository_.resolve_commit(second_.substr(0, 10)).value(), second_);
}

TEST_F(GitTest, AFolderBelowTheWorkTreeWillDo) {
  fs::create_directory(folder_ / "below");
  EXPECT_EQ(Git(folder_ / "below").resolve_commit("main").value(), merge_);
}

TEST_F(GitTest, AncestorsComeBeforeTheirParentsAndElseByDate) {
  EXPECT_THAT(ancestors("main"), ElementsAre(merge_, side_, third_, second_, first_));
  EXPECT_THAT(ancestors("side"), ElementsAre(side_, first_));
}

TEST_F(GitTest, AWalkEndsWhenItIsToldTo) {
  int visited = 0;
  EXPECT_TRUE(
      repository_.walk_ancestors("main", [&](const std::string&) { return ++visited < 2; }).ok());
  EXPECT_EQ(visited, 2);
}

TEST_F(GitTest, TheNearestStoredAncestorIsFoundOnBothSidesOfAMerge) {
  EXPECT_EQ(nearest_ancestor({first_, second_}), 2);
  EXPECT_EQ(nearest_ancestor({second_, first_}), 1);
  EXPECT_EQ(nearest_ancestor({first_, side_}), 2);
  EXPECT_EQ(nearest_ancestor({third_, side_}), 2) << "neither contains the other: the later one";
}

TEST_F(GitTest, AnUnknownNameIsNotFound) {
  const Error error = repository_.resolve_commit("nowhere").error();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("'nowhere'"));
  EXPECT_EQ(repository_.resolve_commit(std::string(40, 'a')).error().code, ErrorCode::kNotFound);
}

TEST_F(GitTest, ANameIsNeverTakenForAnOption) {
  EXPECT_EQ(repository_.resolve_commit("--all").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(repository_.resolve_commit("$(touch evil)").error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(folder_ / "evil"));
}

TEST_F(GitTest, AFolderWithoutRepositorySaysSo) {
  const fakes::TemporaryFolder empty;
  const Error error = Git(empty.path()).resolve_commit("main").error();
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_THAT(error.message, HasSubstr("no git repository"));
  EXPECT_EQ(Git(empty / "missing").resolve_commit("main").error().code, ErrorCode::kUnsupported);
}

TEST_F(GitTest, WithoutGitTheErrorSaysSo) {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", folder_.path().c_str(), 1);
  const Result<std::string> resolved = repository_.resolve_commit("main");
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(resolved.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(resolved.error().message, HasSubstr("cannot start git"));
}

TEST_F(GitTest, AShallowCloneIsRecognized) {
  EXPECT_FALSE(repository_.is_shallow().value());
  git("clone -q --depth 1 'file://" + folder_.path().string() + "' shallow");
  EXPECT_TRUE(Git(folder_ / "shallow").is_shallow().value());
}

TEST(IsFullCommit, TellsHashesFromNames) {
  EXPECT_TRUE(is_full_commit(std::string(40, 'a')));
  EXPECT_TRUE(is_full_commit(std::string(64, '0')));
  EXPECT_FALSE(is_full_commit(std::string(39, 'a')));
  EXPECT_FALSE(is_full_commit(std::string(40, 'g')));
  EXPECT_FALSE(is_full_commit("HEAD"));
}

}  // namespace
}  // namespace assay::gate
