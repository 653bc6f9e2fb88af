#pragma once

// A private folder for one test, and the questions that several tests ask of a database in it.

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include <harness/store/database.h>
#include <harness/store/store.h>

namespace assay::store {

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              (std::string("assay_") + info->test_suite_name() + "_" + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    path_ = folder_ / "results.db";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Opens the database, which is expected to work.
  Store open(OpenMode mode = OpenMode::kReadWrite) {
    auto opened = Store::open(path_, mode);
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    return std::move(opened).value();
  }

  /// A connection that bypasses the Store, to look at rows or to tamper with them.
  Database raw() {
    return Database::open(path_, Access::kCreate, std::chrono::milliseconds(1000)).value();
  }

  std::int64_t count(std::string_view table_and_condition) {
    Database database = raw();
    return database.read_integer(fmt::format("SELECT count(*) FROM {}", table_and_condition))
        .value();
  }

  std::filesystem::path folder_;
  std::filesystem::path path_;
};

}  // namespace assay::store
