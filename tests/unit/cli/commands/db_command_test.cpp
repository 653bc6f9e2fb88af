#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/cli/command.h>
#include <tests/unit/store/example_run.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class DbCommandTest : public store::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    store::Store database = open();
    ASSERT_TRUE(store::save_run(database, store::example_run()).ok());
  }

  /// Runs `assay db ARGUMENTS --db <the example database>`; what it prints is in output_.
  Result<int> run(std::string arguments) {
    CLI::App app;
    Action chosen;
    add_db_command(app, chosen);
    app.parse("db " + std::move(arguments) + " --db " + path_.string());
    testing::internal::CaptureStdout();
    Result<int> outcome = chosen();
    output_ = testing::internal::GetCapturedStdout();
    return outcome;
  }

  std::string output_;
};

TEST_F(DbCommandTest, InfoListsTheRuns) {
  EXPECT_EQ(run("info").value(), kOk);
  EXPECT_THAT(output_, HasSubstr("5ca1ab1e"));
  EXPECT_THAT(output_, HasSubstr("1 pending, 1 pass, 1 crash"));
}

TEST_F(DbCommandTest, ExportPrintsTheLatestRunAsJson) {
  EXPECT_EQ(run("export").value(), kOk);
  EXPECT_THAT(output_, StartsWith("{\n  \"format\": \"assay-run\""));
}

TEST_F(DbCommandTest, ExportWritesTheFileThatItIsGiven) {
  EXPECT_EQ(run("export --run 5ca1 --format csv --output " + (folder_ / "a.csv").string()).value(),
            kOk);
  EXPECT_EQ(output_, "");
  EXPECT_THAT(read_text_file(folder_ / "a.csv").value(), StartsWith("run_uuid,"));
}

TEST_F(DbCommandTest, ExportBringsSamplesWhenAskedTo) {
  EXPECT_EQ(run("export --samples").value(), kOk);
  EXPECT_THAT(output_, HasSubstr("\"latency_ns\":[900000,120000]"));
}

TEST_F(DbCommandTest, SamplesDoNotGoIntoCsv) {
  EXPECT_EQ(run("export --samples --format csv").error().code, ErrorCode::kUsage);
}

TEST_F(DbCommandTest, AnUnknownRunIsNotFound) {
  EXPECT_EQ(run("export --run cafe").error().code, ErrorCode::kNotFound);
}

TEST_F(DbCommandTest, MigrateSaysTheVersion) {
  EXPECT_EQ(run("migrate").value(), kOk);
  EXPECT_THAT(output_,
              HasSubstr(fmt::format("has schema version {}", store::Store::schema_version())));
}

TEST_F(DbCommandTest, NoCommandMakesAMissingDatabase) {
  path_ = folder_ / "none.db";
  for (const char* arguments : {"info", "export", "migrate"}) {
    EXPECT_EQ(run(arguments).error().code, ErrorCode::kNotFound) << arguments;
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace assay::cli
