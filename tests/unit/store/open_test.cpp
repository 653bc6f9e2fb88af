#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <harness/base/file.h>
#include <harness/store/open_database.h>
#include <harness/store/schema.h>
#include <harness/store/write_run.h>
#include <tests/unit/store/example_run.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::milliseconds kShortly{20};

/// Runs a scope as a user whom file permissions apply to, also when the tests run as root.
class UnprivilegedScope {
 public:
  UnprivilegedScope() : was_root_(::geteuid() == 0) {
    active_ = !was_root_ || ::seteuid(65534) == 0;
  }
  UnprivilegedScope(const UnprivilegedScope&) = delete;
  UnprivilegedScope& operator=(const UnprivilegedScope&) = delete;
  ~UnprivilegedScope() {
    if (was_root_ && ::seteuid(0) != 0) {
      std::abort();  // the other tests would fail without a hint
    }
  }
  bool active() const { return active_; }

 private:
  bool was_root_;
  bool active_ = false;
};

/// A small file system of its own, if this machine lets us mount one.
class SmallDisk {
 public:
  explicit SmallDisk(fs::path folder) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
    mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=400k") == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) {
      ::umount(folder_.c_str());
    }
  }
  bool mounted() const { return mounted_; }

 private:
  fs::path folder_;
  bool mounted_ = false;
};

class OpenTest : public StoreTest {
 protected:
  void TearDown() override {
    fs::permissions(folder_, fs::perms::owner_all);
    StoreTest::TearDown();
  }

  std::string error(OpenMode mode) {
    const auto opened = Store::open(path_, mode, kShortly);
    return opened.ok() ? "no error" : opened.error().message;
  }

  void write(std::string_view contents) { std::ofstream(path_, std::ios::binary) << contents; }

  /// The example run in a closed database.
  void store_example() {
    Store store = open();
    ASSERT_TRUE(save_run(store, example_run()).ok());
  }

  void expect_example_is_intact() {
    const auto read = open(OpenMode::kReadOnly).load_run(1, Detail::kFull);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->cells, example_run().cells);
  }
};

/// A cell of the example's matrix with more samples than a small disk holds.
Cell big_cell() {
  Cell cell{.key = example_key("silence", "int8"), .status = CellStatus::kPass};
  std::mt19937_64 random(1);
  cell.blocks.resize(1);
  for (int i = 0; i < 200'000; ++i) {
    cell.blocks[0].latency_ns.push_back(static_cast<std::int64_t>(random() >> 34));
  }
  return cell;
}

TEST_F(OpenTest, AClosedDatabaseIsOneFile) {
  store_example();
  expect_example_is_intact();
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(OpenTest, AMissingDatabaseIsNotFoundWhenOnlyReadAndIsNotMade) {
  EXPECT_EQ(Store::open(path_, OpenMode::kReadOnly).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(error(OpenMode::kReadOnly), HasSubstr("there is no database"));
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(OpenTest, AMissingFolderIsNamed) {
  path_ = folder_ / "none" / "results.db";
  EXPECT_THAT(error(OpenMode::kReadWrite),
              HasSubstr("there is no folder '" + (folder_ / "none").string()));
}

TEST_F(OpenTest, AFolderIsNoDatabase) {
  path_ = folder_;
  EXPECT_THAT(error(OpenMode::kReadWrite), HasSubstr("is a folder"));
  EXPECT_THAT(error(OpenMode::kReadOnly), HasSubstr("is a folder"));
}

TEST_F(OpenTest, AnEmptyNameIsAUsageError) {
  EXPECT_EQ(Store::open("", OpenMode::kReadWrite).error().code, ErrorCode::kUsage);
}

TEST_F(OpenTest, NamesThatMeanSomethingToSqliteAreOrdinaryFiles) {
  for (const std::string_view name : {"a?mode=memory", "100%41#x", "it's"}) {
    path_ = folder_ / name;
    store_example();
    EXPECT_TRUE(fs::exists(path_));
    Database database = Database::open(path_, Access::kImmutable, kShortly).value();
    EXPECT_EQ(database.read_integer("SELECT count(*) FROM run").value(), 1) << name;
  }
}

TEST_F(OpenTest, ATextFileIsNoDatabaseAndIsNotTouched) {
  const std::string text(5000, 'x');
  write(text);
  EXPECT_THAT(error(OpenMode::kReadWrite), HasSubstr("is not a database"));
  EXPECT_THAT(error(OpenMode::kReadOnly), HasSubstr("is not a database"));
  EXPECT_EQ(read_text_file(path_).value(), text);
}

TEST_F(OpenTest, AnEmptyFileIsFilledForWritingButHasNothingToRead) {
  write("");
  EXPECT_THAT(error(OpenMode::kReadOnly), HasSubstr("is an empty database"));
  store_example();
  expect_example_is_intact();
}

TEST_F(OpenTest, ADatabaseOfAnotherProgramIsNotTouched) {
  ASSERT_TRUE(raw().execute_script("CREATE TABLE songs (title)").ok());
  const std::string before = read_text_file(path_).value();
  EXPECT_THAT(error(OpenMode::kReadWrite), HasSubstr("of another program"));
  EXPECT_THAT(error(OpenMode::kReadOnly), HasSubstr("of another program"));
  EXPECT_EQ(read_text_file(path_).value(), before);
}

TEST_F(OpenTest, ANewerSchemaIsRefusedWithBothVersionsAndItsWriter) {
  RunRecord run = example_run();
  run.info.fingerprint.tool_version = "7.1.0";
  {
    Store store = open();
    ASSERT_TRUE(save_run(store, run).ok());
  }
  ASSERT_TRUE(raw().execute_script("PRAGMA user_version = 99").ok());
  for (const OpenMode mode : {OpenMode::kReadWrite, OpenMode::kReadOnly}) {
    EXPECT_THAT(error(mode), HasSubstr("schema version 99, written by assay 7.1.0"));
    EXPECT_THAT(error(mode), HasSubstr(fmt::format("versions up to {}", newest_schema_version())));
  }
}

TEST_F(OpenTest, AWriteWhileAnotherProcessWritesSaysLockedAndWorksLater) {
  store_example();
  Store store = Store::open(path_, OpenMode::kReadWrite, kShortly).value();
  Database other = raw();
  ASSERT_TRUE(other.execute_script("BEGIN IMMEDIATE").ok());
  const Status locked = store.save_cell(1, example_run().cells[0]);
  ASSERT_FALSE(locked.ok());
  EXPECT_EQ(locked.error().code, ErrorCode::kDatabase);
  EXPECT_THAT(locked.error().message, HasSubstr("is locked by another program"));
  ASSERT_TRUE(other.execute_script("ROLLBACK").ok());
  EXPECT_TRUE(store.save_cell(1, example_run().cells[0]).ok());
}

TEST_F(OpenTest, ADatabaseThatIsLockedAsAWholeSaysSo) {
  store_example();
  Database other = raw();
  ASSERT_TRUE(other.execute_script("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").ok());
  EXPECT_THAT(error(OpenMode::kReadWrite), HasSubstr("is locked by another program"));
  EXPECT_THAT(error(OpenMode::kReadOnly), HasSubstr("is locked by another program"));
}

TEST_F(OpenTest, ReadingDoesNotWaitForAWriter) {
  store_example();
  Database writer = raw();
  ASSERT_TRUE(writer.execute_script("BEGIN IMMEDIATE; DELETE FROM score").ok());
  expect_example_is_intact();
}

TEST_F(OpenTest, AReadOnlyStoreWritesNothing) {
  store_example();
  Store store = open(OpenMode::kReadOnly);
  const auto begun = store.begin_run({.uuid = "x", .started_utc = "y"}, {});
  ASSERT_FALSE(begun.ok());
  EXPECT_THAT(begun.error().message, HasSubstr("read-only"));
}

TEST_F(OpenTest, AReadOnlyFileIsReadButRefusedForWriting) {
  store_example();
  fs::permissions(path_, fs::perms(0444));
  fs::permissions(folder_, fs::perms(0777));
  const UnprivilegedScope user;
  if (!user.active()) {
    GTEST_SKIP() << "this machine does not let root become another user";
  }
  EXPECT_THAT(error(OpenMode::kReadWrite), HasSubstr("is read-only"));
  expect_example_is_intact();
}

TEST_F(OpenTest, AReadOnlyFolderIsReadButRefusedForWriting) {
  store_example();
  fs::permissions(path_, fs::perms(0666));
  fs::permissions(folder_, fs::perms(0555));
  const UnprivilegedScope user;
  if (!user.active()) {
    GTEST_SKIP() << "this machine does not let root become another user";
  }
  EXPECT_THAT(error(OpenMode::kReadWrite), HasSubstr("is read-only"));
  expect_example_is_intact();
}

TEST_F(OpenTest, AReadOnlyFolderWithALogThatWouldBeIgnoredIsRefused) {
  store_example();
  std::ofstream(path_.string() + "-wal") << "transactions of a killed process";
  fs::permissions(folder_, fs::perms(0555));
  const UnprivilegedScope user;
  if (!user.active()) {
    GTEST_SKIP() << "this machine does not let root become another user";
  }
  EXPECT_THAT(error(OpenMode::kReadOnly), HasSubstr("copy both files"));
}

TEST_F(OpenTest, AFullDatabaseFailsTheCellAndKeepsTheRest) {
  store_example();
  {
    Database database = open_database(path_, OpenMode::kReadWrite, kShortly).value();
    const std::int64_t pages = database.read_integer("PRAGMA page_count").value();
    ASSERT_TRUE(database.execute_script(fmt::format("PRAGMA max_page_count = {}", pages + 4)).ok());
    auto transaction = Transaction::begin(database);
    ASSERT_TRUE(transaction.ok());
    const Status saved = replace_cell(database, 1, big_cell());
    ASSERT_FALSE(saved.ok());
    EXPECT_THAT(saved.error().message, HasSubstr("is full"));
  }
  expect_example_is_intact();
}

TEST_F(OpenTest, AFullDiskFailsTheCellAndKeepsTheRest) {
  const SmallDisk disk(folder_ / "disk");
  if (!disk.mounted()) {
    GTEST_SKIP() << "this user may not mount a file system";
  }
  path_ = folder_ / "disk" / "results.db";
  store_example();
  {
    Store store = open();
    const Status saved = store.save_cell(1, big_cell());
    ASSERT_FALSE(saved.ok());
    EXPECT_THAT(saved.error().message, HasSubstr("is full"));
    EXPECT_THAT(saved.error().message, HasSubstr("while saving vad/silence silero/int8"));
  }
  expect_example_is_intact();
}

TEST_F(OpenTest, ATruncatedDatabaseIsAnError) {
  store_example();
  fs::resize_file(path_, fs::file_size(path_) / 2);
  const auto opened = Store::open(path_, OpenMode::kReadOnly);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(opened.error().message, HasSubstr("is damaged"));
}

TEST_F(OpenTest, FlippedBitsNeverCrashTheReader) {
  store_example();
  const std::string good = read_text_file(path_).value();
  std::mt19937_64 random(4);
  for (int round = 0; round < 100; ++round) {
    std::string bad = good;
    for (int flips = 0; flips < 20; ++flips) {
      bad[random() % bad.size()] ^= static_cast<char>(1 << (random() % 8));
    }
    write(bad);
    auto opened = Store::open(path_, OpenMode::kReadOnly, kShortly);
    if (opened.ok()) {
      (void)opened->summarize_runs();
      (void)opened->load_run(1, Detail::kFull);
    } else {
      EXPECT_THAT(opened.error().message, Not(HasSubstr("no error")));
    }
  }
}

}  // namespace
}  // namespace assay::store
