#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/store/open_database.h>
#include <harness/store/schema.h>
#include <tests/unit/store/example_run.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::store {
namespace {

using testing::HasSubstr;

class MigrationTest : public StoreTest {};

TEST_F(MigrationTest, EveryStoredOldDatabaseOpensAndHoldsTheExampleRun) {
  for (int version = 1; version <= newest_schema_version(); ++version) {
    const std::filesystem::path stored =
        fmt::format("{}/tests/data/store/v{}.db", ASSAY_SOURCE_DIR, version);
    ASSERT_TRUE(std::filesystem::exists(stored)) << "make it with scripts/make/make_store_fixture";
    std::filesystem::copy_file(stored, path_, std::filesystem::copy_options::overwrite_existing);
    RunRecord expected = as_stored_by(version, example_run());
    expected.info.id = 1;
    const auto read = open().load_run(1, Detail::kFull);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->info, expected.info);
    EXPECT_EQ(read->cells, expected.cells);
  }
}

TEST_F(MigrationTest, VersionsFollowEachOtherFromOne) {
  int expected = 0;
  for (const Migration& migration : schema_migrations()) {
    EXPECT_EQ(migration.version, ++expected);
  }
  EXPECT_EQ(newest_schema_version(), expected);
}

TEST_F(MigrationTest, OnlyWhatIsMissingRuns) {
  const std::vector<Migration> first{{1, "CREATE TABLE t (x); INSERT INTO t VALUES (1);"}};
  const std::vector<Migration> both{first[0], {2, "UPDATE t SET x = x + 1;"}};
  Database database = raw();
  ASSERT_TRUE(migrate(database, first).ok());
  ASSERT_TRUE(migrate(database, both).ok());
  ASSERT_TRUE(migrate(database, both).ok());
  EXPECT_EQ(database.read_integer("SELECT x FROM t").value(), 2);
  EXPECT_EQ(database.read_integer("PRAGMA user_version").value(), 2);
  EXPECT_EQ(database.read_integer("PRAGMA application_id").value(), kApplicationId);
}

TEST_F(MigrationTest, AFailedMigrationLeavesTheVersionBeforeItAndSaysWhich) {
  const std::vector<Migration> migrations{
      {1, "CREATE TABLE t (x);"}, {2, "DROP TABLE t; INSERT INTO no_such_table VALUES (1);"}};
  Database database = raw();
  const Status migrated = migrate(database, migrations);
  ASSERT_FALSE(migrated.ok());
  EXPECT_THAT(migrated.error().message, HasSubstr("version 2"));
  EXPECT_EQ(database.read_integer("PRAGMA user_version").value(), 1);
  EXPECT_EQ(database.read_integer("SELECT count(*) FROM t").value(), 0);
}

TEST_F(MigrationTest, AnOlderSchemaIsNotReadButTheMessageSaysHowToChangeIt) {
  ASSERT_TRUE(raw()
                  .execute_script(
                      fmt::format("PRAGMA application_id = {}; CREATE TABLE t (x)", kApplicationId))
                  .ok());
  const auto opened = Store::open(path_, OpenMode::kReadOnly);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("schema version 0"));
  EXPECT_THAT(opened.error().message, HasSubstr("assay db migrate"));
}

}  // namespace
}  // namespace assay::store
