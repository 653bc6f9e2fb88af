#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/exchange/transfer.h>
#include <tests/unit/store/example_run.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::exchange {
namespace {

using nlohmann::ordered_json;
using testing::IsEmpty;
using testing::SizeIs;

/// A database with the example run, which uses every field of the model, and a profile.
class RoundTripTest : public store::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    store::Store database = open();
    const Result<std::int64_t> id = store::save_run(database, store::example_run());
    ASSERT_TRUE(id.ok()) << id.error().message;
    const ProfileRecord profile{
        .key = store::example_key("speech", "int8"),
        .profile = {.operators = {{"DELEGATE_CALL", OperatorKind::kDelegateCall, 4, 40},
                                  {"Add (ND) #1", OperatorKind::kDelegateNode, 4, 30}},
                    .executions = 4,
                    .left_out = 1,
                    .traced_wall_ns = 50,
                    .traced_median_ns = 11,
                    .untraced_median_ns = 10}};
    ASSERT_TRUE(database.save_profile(*id, profile).ok());
  }

  ordered_json exported(const std::filesystem::path& database, bool samples) {
    const auto run = export_run({.database = database, .samples = samples});
    EXPECT_TRUE(run.ok()) << run.error().message;
    return ordered_json::parse(run->text, nullptr, false);
  }

  ImportedRun imported(const ordered_json& document) {
    EXPECT_TRUE(write_file_atomically(folder_ / "run.json", document.dump()).ok());
    const Result<ImportedRun> run = import_run(folder_ / "run.json", folder_ / "other.db");
    EXPECT_TRUE(run.ok()) << run.error().message;
    return *run;
  }
};

TEST_F(RoundTripTest, ARunThatIsImportedIsExportedAsItWasButForItsArtefacts) {
  ordered_json before = exported(path_, /*samples=*/true);
  EXPECT_THAT(before["artifacts"], SizeIs(2));
  EXPECT_THAT(before["profiles"], SizeIs(1));
  imported(before);
  ordered_json after = exported(folder_ / "other.db", /*samples=*/true);
  EXPECT_THAT(after["artifacts"], IsEmpty());
  for (const char* lost : {"id", "artifacts"}) {
    before.erase(lost);
    after.erase(lost);
  }
  EXPECT_EQ(before.dump(1), after.dump(1));
}

TEST_F(RoundTripTest, AnImportSaysWhatTheDocumentCouldNotBring) {
  const ImportedRun whole = imported(exported(path_, /*samples=*/true));
  EXPECT_EQ(whole.cells, 3U);
  EXPECT_EQ(whole.dropped_artifacts, 2U);
  EXPECT_TRUE(whole.has_samples);
  EXPECT_FALSE(whole.was_stored);
}

TEST_F(RoundTripTest, AnExportWithoutSamplesIsImportedAndSaysSo) {
  EXPECT_FALSE(imported(exported(path_, /*samples=*/false)).has_samples);
}

TEST_F(RoundTripTest, ImportingARunAgainChangesNothing) {
  imported(exported(path_, /*samples=*/true));
  EXPECT_TRUE(imported(exported(path_, /*samples=*/false)).was_stored);
  EXPECT_THAT(exported(folder_ / "other.db", /*samples=*/true)["cells"][0]["blocks"], SizeIs(3));
}

TEST_F(RoundTripTest, ADocumentOfNoKnownFormatIsRefusedAndMakesNoDatabase) {
  ordered_json document = exported(path_, /*samples=*/false);
  document["format"] = "other";
  ASSERT_TRUE(write_file_atomically(folder_ / "run.json", document.dump()).ok());
  const Result<ImportedRun> run = import_run(folder_ / "run.json", folder_ / "other.db");
  EXPECT_EQ(run.error().code, ErrorCode::kUsage);
  EXPECT_THAT(run.error().message,
              testing::HasSubstr("/format: must be \"assay-run\" or \"assay-import\""));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "other.db"));
}

}  // namespace
}  // namespace assay::exchange
