#include <filesystem>
#include <vector>

#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/measure/memory.h>

namespace assay::measure {
namespace {

TEST(ReadMemory, TakesTheKernelsKilobytesAsBytes) {
  const auto folder = std::filesystem::temp_directory_path() / "assay-memory-test";
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(write_file_atomically(folder / "status",
                                    "Name:\tx\nVmHWM:\t    2048 kB\nRssAnon:\t 10 kB\n"
                                    "RssFile:\t 20 kB\n")
                  .ok());
  ASSERT_TRUE(write_file_atomically(folder / "smaps_rollup",
                                    "5500-7ffe ---p 0 00:00 0 [rollup]\nRss: 40 kB\nPss: 30 kB\n")
                  .ok());
  const MemorySnapshot snapshot = read_memory("steady", folder).value();
  std::filesystem::remove_all(folder);
  EXPECT_EQ(snapshot.vm_hwm_bytes, 2048U * 1024);
  EXPECT_EQ(snapshot.rss_anon_bytes, 10U * 1024);
  EXPECT_EQ(snapshot.rss_file_bytes, 20U * 1024);
  EXPECT_EQ(snapshot.pss_bytes, 30U * 1024);
}

TEST(ReadMemory, AllocatedMemoryShowsUp) {
  constexpr std::size_t kBytes = 32U << 20;
  const std::uint64_t before = read_memory("before")->rss_anon_bytes;
  const std::vector<char> block(kBytes, 'x');
  const std::uint64_t after = read_memory("after")->rss_anon_bytes;
  EXPECT_GE(after, before + kBytes / 2) << block.size();
}

TEST(ReadMemory, WithoutProcItIsAnError) {
  EXPECT_FALSE(read_memory("start", "/nonexistent").ok());
}

}  // namespace
}  // namespace assay::measure
