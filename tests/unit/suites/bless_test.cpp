#include <gmock/gmock.h>

#include <suites/bless.h>
#include <tests/fakes/fake_clock.h>
#include <tests/unit/suites/tasks/vad/vad_clip.h>

namespace assay::suites {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class BlessTest : public VadClip {
 protected:
  void SetUp() override {
    VadClip::SetUp();
    old_bytes_ = read("clip.safetensors");
    next_ = golden_;
    next_.scores = {0.1F, 0.4F, 0.8F};
  }

  Result<Blessing> prepare(const std::string& case_name = "clip",
                           const std::string& reason = "a new runtime") const {
    write("new.safetensors", golden_bytes(next_));
    return prepare_blessing(manifest_, case_name, folder_ / "new.safetensors", reason);
  }

  Error refusal() const {
    auto blessing = prepare();
    return blessing.ok() ? Error{ErrorCode::kIo, "no error"} : blessing.error();
  }

  std::string old_bytes_;
  ExampleGolden next_;
};

TEST_F(BlessTest, TheTableSaysWhatChangedInEachTensor) {
  const auto blessing = prepare();
  ASSERT_TRUE(blessing.ok()) << blessing.error().message;
  ASSERT_EQ(blessing->changes.size(), 3U);
  const TensorChange& scores = blessing->changes[0];
  EXPECT_EQ(scores.tensor, "scores");
  EXPECT_NEAR(scores.error->max_abs, 0.5, 1e-6);
  EXPECT_EQ(scores.changed_decisions, 1U);
  EXPECT_EQ(blessing->changes[1].tensor, "state_c");
  EXPECT_EQ(blessing->changes[1].error->max_abs, 0);
  EXPECT_FALSE(blessing->changes[1].changed_decisions.has_value());
}

TEST_F(BlessTest, ATensorOfOneSideOnlyIsNamedWithoutFigures) {
  const auto blessing = prepare();
  ASSERT_TRUE(blessing.ok());
  auto before = golden::read_golden(folder_ / "clip.safetensors").value();
  const auto after = golden::read_golden(folder_ / "new.safetensors").value();
  before.contents.tensors.erase(before.contents.tensors.begin());
  const auto changes = golden_changes(manifest_, before, after);
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].old_type, "");
  EXPECT_EQ(changes[0].new_type, "float32[3]");
  EXPECT_FALSE(changes[0].error.has_value());
}

TEST_F(BlessTest, PreparingChangesNothing) {
  ASSERT_TRUE(prepare().ok());
  EXPECT_EQ(read("clip.safetensors"), old_bytes_);
  EXPECT_FALSE(std::filesystem::exists(folder_ / std::string(kBlessLog)));
}

TEST_F(BlessTest, CommittingReplacesTheGoldenAndLogsBothHashesAndTheReason) {
  const auto blessing = prepare();
  ASSERT_TRUE(blessing.ok());
  ASSERT_TRUE(commit_blessing(*blessing, fakes::FakeClock()).ok());
  EXPECT_EQ(read("clip.safetensors"), golden_bytes(next_));
  const json line = json::parse(read(std::string(kBlessLog)));
  EXPECT_EQ(line["blessed_utc"], "2026-01-31T12:00:00Z");
  EXPECT_EQ(line["case"], "clip");
  EXPECT_EQ(line["golden"], "clip.safetensors");
  EXPECT_EQ(line["old_sha256"], sha256_hex(std::as_bytes(std::span(old_bytes_))));
  EXPECT_EQ(line["new_sha256"], sha256_file(folder_ / "clip.safetensors").value());
  EXPECT_EQ(line["reason"], "a new runtime");
  EXPECT_EQ(line["tensors"][0]["changed_decisions"], 1);
}

TEST_F(BlessTest, AGoldenBehindASymbolicLinkIsReplacedWhereItIs) {
  std::filesystem::create_directory(folder_ / "real");
  std::filesystem::rename(folder_ / "clip.safetensors", folder_ / "real/clip.safetensors");
  std::filesystem::create_symlink("real/clip.safetensors", folder_ / "clip.safetensors");
  const auto blessing = prepare();
  ASSERT_TRUE(blessing.ok());
  ASSERT_TRUE(commit_blessing(*blessing, fakes::FakeClock()).ok());
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "clip.safetensors"));
  EXPECT_EQ(read("real/clip.safetensors"), golden_bytes(next_));
}

TEST_F(BlessTest, ALogThatCannotBeWrittenLeavesTheOldGolden) {
  const auto blessing = prepare();
  ASSERT_TRUE(blessing.ok());
  std::filesystem::create_directory(folder_ / std::string(kBlessLog));
  EXPECT_EQ(commit_blessing(*blessing, fakes::FakeClock()).error().code, ErrorCode::kIo);
  EXPECT_EQ(read("clip.safetensors"), old_bytes_);
}

TEST_F(BlessTest, AReasonWithoutAWordIsRefused) {
  const auto blessing = prepare("clip", " \t\n");
  ASSERT_FALSE(blessing.ok());
  EXPECT_EQ(blessing.error().code, ErrorCode::kUsage);
  EXPECT_THAT(blessing.error().message, HasSubstr("reason"));
}

TEST_F(BlessTest, AnUnknownCaseIsNamedWithTheKnownOnes) {
  const auto blessing = prepare("clop");
  ASSERT_FALSE(blessing.ok());
  EXPECT_EQ(blessing.error().code, ErrorCode::kUsage);
  EXPECT_THAT(blessing.error().message, HasSubstr("did you mean 'clip'?"));
}

TEST_F(BlessTest, TheSameFileIsRefused) {
  next_ = golden_;
  EXPECT_EQ(refusal().code, ErrorCode::kUsage);
  EXPECT_THAT(refusal().message, HasSubstr("nothing to bless"));
}

TEST_F(BlessTest, AGoldenOfAnotherModelIsRefused) {
  next_.metadata["model_sha256"] = std::string(64, 'f');
  EXPECT_EQ(refusal().code, ErrorCode::kCorrupt);
  EXPECT_THAT(refusal().message, HasSubstr("of another model"));
}

TEST_F(BlessTest, AGoldenOfAnotherRecordingIsRefused) {
  next_.metadata["wav_sha256"] = std::string(64, 'f');
  EXPECT_THAT(refusal().message, HasSubstr("WAV"));
}

TEST_F(BlessTest, AGoldenWithAnotherNumberOfChunksIsRefused) {
  next_ = example_golden({0.1F, 0.9F}, wav_);
  EXPECT_THAT(refusal().message, HasSubstr("'scores' is float32[2]"));
}

}  // namespace
}  // namespace assay::suites
