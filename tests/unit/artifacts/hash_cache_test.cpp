#include <fstream>

#include <gtest/gtest.h>

#include <harness/artifacts/hash_cache.h>
#include <harness/base/file.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::artifacts {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSecond_ns = 1'000'000'000;
const std::string kHash(64, 'a');

FileIdentity example_identity() {
  return {.device = 1, .inode = 2, .bytes = 3, .modified_ns = -4, .changed_ns = 5 * kSecond_ns};
}

TEST(HashCache, AHashIsFoundForTheIdentityItWasRememberedFor) {
  HashCache cache;
  cache.remember("/a b", example_identity(), kHash, 60 * kSecond_ns);
  EXPECT_EQ(cache.find("/a b", example_identity()), kHash);
  EXPECT_EQ(cache.find("/other", example_identity()), std::nullopt);
}

TEST(HashCache, AnyChangeOfTheIdentityForgetsTheHash) {
  HashCache cache;
  cache.remember("/a", example_identity(), kHash, 60 * kSecond_ns);
  for (const auto change :
       {+[](FileIdentity& file) { ++file.device; }, +[](FileIdentity& file) { ++file.inode; },
        +[](FileIdentity& file) { ++file.bytes; }, +[](FileIdentity& file) { ++file.modified_ns; },
        +[](FileIdentity& file) { ++file.changed_ns; }}) {
    FileIdentity changed = example_identity();
    change(changed);
    EXPECT_EQ(cache.find("/a", changed), std::nullopt);
  }
}

TEST(HashCache, AFileThatWasChangedJustNowIsNotRemembered) {
  HashCache cache;
  cache.remember("/a", example_identity(), kHash, 6 * kSecond_ns);
  EXPECT_EQ(cache.find("/a", example_identity()), std::nullopt);
}

TEST(HashCache, WhatWasSavedIsLoaded) {
  const fakes::TemporaryFolder folder;
  HashCache cache;
  cache.remember("/a b", example_identity(), kHash, 60 * kSecond_ns);
  cache.remember("/line\nbreak", example_identity(), kHash, 60 * kSecond_ns);
  ASSERT_TRUE(cache.save(folder / "hashes").ok());
  const HashCache loaded = HashCache::load(folder / "hashes");
  EXPECT_EQ(loaded.find("/a b", example_identity()), kHash);
  EXPECT_EQ(loaded.find("/line", example_identity()), std::nullopt);
}

TEST(HashCache, ADamagedFileMeansFewerHashesAndNoError) {
  const fakes::TemporaryFolder folder;
  for (const char* text : {"", "something else", "assay-hashes 1\nshort 1 2 3 4 5 /a\n",
                           "assay-hashes 1\naaaa", "assay-hashes 1\n\n\n"}) {
    ASSERT_TRUE(write_file_atomically(folder / "hashes", text).ok());
    EXPECT_EQ(HashCache::load(folder / "hashes").find("/a", example_identity()), std::nullopt);
  }
}

TEST(HashCache, IdentityFollowsLinksAndSeesAnEdit) {
  const fakes::TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "file", "before").ok());
  fs::create_symlink(folder / "file", folder / "link");
  const FileIdentity before = identify_file(folder / "link").value();
  EXPECT_EQ(before, identify_file(folder / "file").value());
  const auto written = fs::last_write_time(folder / "file");
  std::ofstream(folder / "file", std::ios::in | std::ios::out) << "after!";
  fs::last_write_time(folder / "file", written);
  EXPECT_NE(before, identify_file(folder / "file").value()) << "the time of change gives it away";
}

}  // namespace
}  // namespace assay::artifacts
