#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/gate/baseline.h>

namespace assay::gate {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// The full hash of the commit that a test calls by a letter.
std::string commit(char letter) { return std::string(40, letter); }

/// A repository that is a list of commits, newest first, as `git rev-list` would give it.
class FakeHistory : public RevisionHistory {
 public:
  explicit FakeHistory(std::string letters, bool shallow = false)
      : letters_(std::move(letters)), shallow_(shallow) {}

  Result<std::string> resolve_commit(const std::string& name) const override {
    if (name == "main") {
      return commit(letters_.front());
    }
    for (const char letter : letters_) {
      if (commit(letter).starts_with(name)) {
        return commit(letter);
      }
    }
    return make_error(ErrorCode::kNotFound, "no commit '{}'", name);
  }
  Status walk_ancestors(const std::string& start,
                        const std::function<bool(const std::string&)>& visit) const override {
    ASSAY_ASSIGN(const std::string first, resolve_commit(start));
    for (const char letter : letters_.substr(letters_.find(first.front()))) {
      ++visited_;
      if (!visit(commit(letter))) {
        break;
      }
    }
    return {};
  }
  Result<bool> is_shallow() const override { return shallow_; }
  int visited() const { return visited_; }

 private:
  std::string letters_;
  bool shallow_;
  mutable int visited_ = 0;
};

RunInfo make_run(std::int64_t id, const std::string& revision) {
  RunInfo run;
  run.id = id;
  run.uuid = fmt::format("{:08x}-0000-4000-8000-000000000000", 0xabc00000 + id);
  run.state = RunState::kFinished;
  run.fingerprint = {.tool_dirty = false, .cpu_model = "one"};
  run.suite_sha256 = {{"vad", "aa"}};
  run.revision = revision;
  return run;
}

class BaselineTest : public testing::Test {
 protected:
  /// Adds a run as the newest one.
  RunInfo& add(const std::string& revision) {
    const auto id = static_cast<std::int64_t>(runs_.size()) + 1;
    return *runs_.insert(runs_.begin(), make_run(id, revision));
  }
  void add_gate(std::int64_t run_id, const std::string& verdict) {
    gates_.insert(gates_.begin(), {.run_id = run_id, .verdict = verdict});
  }
  Result<BaselineChoice> choose(const std::string& selector, const RevisionHistory& history) {
    return choose_baseline({.candidate = runs_.front(),
                            .runs = runs_,
                            .gates = gates_,
                            .selector = selector,
                            .allow_dirty = allow_dirty_},
                           history);
  }
  std::int64_t chosen(const std::string& selector, const RevisionHistory& history) {
    const Result<BaselineChoice> choice = choose(selector, history);
    EXPECT_TRUE(choice.ok()) << choice.error().message;
    return choice.ok() ? choice->run_id : 0;
  }

  std::vector<RunInfo> runs_;
  std::vector<GateRecord> gates_;
  bool allow_dirty_ = false;
  FakeHistory history_{"edcba"};
};

TEST_F(BaselineTest, TheNearestStoredAncestorIsChosen) {
  add(commit('a'));
  add(commit('c'));
  add(commit('b'));
  add(commit('e'));
  EXPECT_EQ(chosen("ancestor", history_), 2);
  EXPECT_EQ(history_.visited(), 3) << "no more commits are asked for than needed";
}

TEST_F(BaselineTest, OfOneCommitTheNewestRunIsChosen) {
  add(commit('c'));
  add(commit('c'));
  add(commit('e'));
  EXPECT_EQ(chosen("ancestor", history_), 2);
}

TEST_F(BaselineTest, ShortenedCommitsAreUnderstood) {
  add(commit('c').substr(0, 12));
  add(commit('e').substr(0, 12));
  EXPECT_EQ(chosen("ancestor", history_), 1);
}

TEST_F(BaselineTest, CommitsThatStartAlikeAreToldApart) {
  add("cccccccd");
  add(commit('b'));
  add(commit('e'));
  EXPECT_EQ(chosen("ancestor", history_), 2);
}

TEST_F(BaselineTest, AWordTooShortToBeACommitIsNone) {
  add("cccccc");
  add(commit('e'));
  EXPECT_EQ(choose("ancestor", history_).error().code, ErrorCode::kNotFound);
}

TEST_F(BaselineTest, ADescendantIsNoAncestor) {
  add(commit('e'));
  add(commit('c'));
  EXPECT_EQ(choose("ancestor", history_).error().code, ErrorCode::kNotFound);
}

TEST_F(BaselineTest, AnEarlierRunOfTheSameCommitServesWhenThereIsNoAncestor) {
  add(commit('e'));
  add(commit('e'));
  const BaselineChoice choice = choose("ancestor", history_).value();
  EXPECT_EQ(choice.run_id, 1);
  EXPECT_THAT(choice.why, HasSubstr("same commit"));
}

TEST_F(BaselineTest, AnAncestorIsPreferredToTheSameCommit) {
  add(commit('a'));
  add(commit('e'));
  add(commit('e'));
  EXPECT_EQ(chosen("ancestor", history_), 1);
}

TEST_F(BaselineTest, RunsThatCannotBeComparedArePassedOverAndCounted) {
  add(commit('d')).state = RunState::kInterrupted;
  add(commit('d')).fingerprint.cpu_model = "two";
  add(commit('d')).suite_sha256 = {{"asr", "aa"}};
  add(commit('d')).suite_sha256 = {{"vad", "aa"}, {"asr", "aa"}};
  add(commit('d')).fingerprint.tool_dirty = true;
  add(commit('e'));
  EXPECT_THAT(choose("ancestor", history_).error().message,
              AllOf(HasSubstr("0 comparable"), HasSubstr("1 not finished"),
                    HasSubstr("1 on another machine"), HasSubstr("2 of other suites"),
                    HasSubstr("1 of sources that are not known to be clean")));
}

TEST_F(BaselineTest, AChangedManifestIsStillTheSameSuite) {
  add(commit('d')).suite_sha256 = {{"vad", "another text"}};
  add(commit('e'));
  EXPECT_EQ(chosen("ancestor", history_), 1);
}

TEST_F(BaselineTest, ADirtyRunServesWhereThePolicyAllowsIt) {
  add(commit('d')).fingerprint.tool_dirty = true;
  add(commit('e'));
  allow_dirty_ = true;
  EXPECT_EQ(chosen("ancestor", history_), 1);
}

TEST_F(BaselineTest, ARunOfWhichNobodyKnowsThatItWasCleanServesOnlyWhereThePolicyAllowsIt) {
  add(commit('d')).fingerprint.tool_dirty = Fact<bool>::unreadable();
  add(commit('e'));
  EXPECT_EQ(choose("ancestor", history_).error().code, ErrorCode::kNotFound);
  allow_dirty_ = true;
  EXPECT_EQ(chosen("ancestor", history_), 1);
}

TEST_F(BaselineTest, ACandidateWithoutRevisionHasNoAncestors) {
  add(commit('a'));
  add("");
  const Error error = choose("ancestor", history_).error();
  EXPECT_EQ(error.code, ErrorCode::kUsage);
  EXPECT_THAT(error.message, HasSubstr("assay run --revision"));
}

TEST_F(BaselineTest, ACandidateWhoseCommitIsUnknownIsAnError) {
  add(commit('a'));
  add(commit('f'));
  EXPECT_EQ(choose("ancestor", history_).error().code, ErrorCode::kNotFound);
}

TEST_F(BaselineTest, AShallowCloneIsNamedAsTheLikelyReason) {
  add(commit('a'));
  add(commit('e'));
  EXPECT_THAT(choose("ancestor", FakeHistory("ed", true)).error().message,
              HasSubstr("git fetch --unshallow"));
  EXPECT_THAT(choose("ancestor", FakeHistory("ed")).error().message,
              testing::Not(HasSubstr("shallow")));
}

TEST_F(BaselineTest, LastGoodIsTheNewestEarlierRunThatPassedOrWarned) {
  for (int i = 0; i < 5; ++i) {
    add("");
  }
  add_gate(1, "pass");
  add_gate(2, "warn");
  add_gate(3, "fail");
  add_gate(4, "inconclusive");
  EXPECT_EQ(chosen("last-good", history_), 2);
}

TEST_F(BaselineTest, TheNewestVerdictOfARunCounts) {
  add("");
  add("");
  add("");
  add_gate(1, "fail");
  add_gate(1, "pass");
  add_gate(2, "pass");
  add_gate(2, "fail");
  EXPECT_EQ(chosen("last-good", history_), 1);
}

TEST_F(BaselineTest, WithoutAGoodRunTheErrorSaysHowToGetOne) {
  add("");
  add("");
  const Error error = choose("last-good", history_).error();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("assay gate --run"));
}

TEST_F(BaselineTest, ARunIsNamedByItsIdOrTheStartOfItsUuid) {
  add("");
  add("");
  add("");
  EXPECT_EQ(chosen("1", history_), 1);
  EXPECT_EQ(chosen("abc00002", history_), 2);
  EXPECT_EQ(chosen("abc00002-0000-4", history_), 2);
}

TEST_F(BaselineTest, AnAmbiguousUuidIsRefused) {
  add("");
  add("");
  add("");
  EXPECT_EQ(choose("abc0", history_).error().code, ErrorCode::kUsage);
}

TEST_F(BaselineTest, ARunIsNotItsOwnBaseline) {
  add("");
  EXPECT_EQ(choose("1", history_).error().code, ErrorCode::kUsage);
}

TEST_F(BaselineTest, AnUnfinishedRunIsRefusedWithTheWayToFinishIt) {
  add("").state = RunState::kInterrupted;
  add("");
  const Error error = choose("1", history_).error();
  EXPECT_EQ(error.code, ErrorCode::kUsage);
  EXPECT_THAT(error.message, HasSubstr("--resume 1"));
}

TEST_F(BaselineTest, ACommitMeansItsNewestRun) {
  add(commit('e'));
  add(commit('e').substr(0, 12));
  add(commit('d'));
  add(commit('d'));
  EXPECT_EQ(chosen("main", history_), 2);
  EXPECT_EQ(chosen(commit('d').substr(0, 10), history_), 3) << "not the candidate itself";
}

TEST_F(BaselineTest, ACommitThatWasNotMeasuredIsNamed) {
  add(commit('d'));
  EXPECT_THAT(choose("main", history_).error().message, HasSubstr("no stored run of 'main'"));
}

TEST_F(BaselineTest, AnUnknownNameIsNeitherRunNorCommit) {
  add(commit('d'));
  const Error error = choose("feature/x", history_).error();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_THAT(error.message, HasSubstr("'feature/x' is none of the stored runs"));
}

TEST_F(BaselineTest, EachMachineAndSetOfSuitesHasALastGoodRun) {
  add("");
  add("").fingerprint.cpu_model = "two";
  add("").suite_sha256 = {{"asr", "aa"}};
  add("");
  add("");
  for (const std::int64_t run_id : {1, 2, 3, 4}) {
    add_gate(run_id, "pass");
  }
  add_gate(5, "fail");
  EXPECT_THAT(last_good_runs(runs_, gates_), ElementsAre(2, 3, 4));
}

}  // namespace
}  // namespace assay::gate
