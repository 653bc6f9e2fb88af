#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/host/build_info.h>
#include <harness/host/local_probe.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::host {
namespace {

namespace fs = std::filesystem;

/// A made-up /proc, /sys and /etc in a folder of its own.
class LocalProbe : public testing::Test {
 protected:
  void put(const fs::path& path, std::string_view text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }

  std::string probed(const std::string& key) {
    return to_words(probe_local({.root = root_, .architecture = Architecture::kX86_64})).at(key);
  }

  fakes::TemporaryFolder folder_;
  const fs::path& root_ = folder_.path();
};

TEST_F(LocalProbe, OfAnEmptyTreeSaysUnreadableForEveryMachineKey) {
  for (const char* key :
       {"os", "kernel", "cpu_model", "cpu_features", "cpu_count", "cpu_affinity", "soc",
        "ram_bytes", "governor", "cpu_frequency_khz", "temperature_c", "hostname_hash"}) {
    EXPECT_EQ(probed(key), kUnreadable) << key;
  }
}

TEST_F(LocalProbe, LeavesNoValueEmptyOnThisMachine) {
  const FingerprintWords words = to_words(probe_local());
  EXPECT_EQ(words.size(), fingerprint_keys().size());
  for (const auto& [key, value] : words) {
    EXPECT_FALSE(value.empty()) << key;
  }
}

TEST_F(LocalProbe, KnowsEveryIdentityKey) {
  const FingerprintWords words = to_words(probe_local({.root = root_}));
  for (const std::string& key : fingerprint_identity_keys()) {
    EXPECT_TRUE(words.contains(key)) << key;
  }
}

TEST_F(LocalProbe, SaysWhetherTheSourcesOfThisBuildWereChanged) {
  const std::string said(build_info().tool_dirty);
  const std::optional<bool> dirty = probe_local({.root = root_}).tool_dirty.value();
  EXPECT_EQ(dirty, said == "unknown" ? std::nullopt : std::optional(said == "yes"));
}

TEST_F(LocalProbe, ReadsTheSystemsNameWithoutQuotes) {
  put("etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  EXPECT_EQ(probed("os"), "Debian GNU/Linux 12 (bookworm)");
}

TEST_F(LocalProbe, ReadsTheKernelRelease) {
  put("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  EXPECT_EQ(probed("kernel"), "6.1.0-18-amd64");
}

TEST_F(LocalProbe, CountsOnlineProcessorsAcrossRanges) {
  put("sys/devices/system/cpu/online", "0-3,6,8-9\n");
  EXPECT_EQ(probed("cpu_count"), "7");
}

TEST_F(LocalProbe, DoesNotGuessAProcessorCountFromNonsense) {
  put("sys/devices/system/cpu/online", "0-,x\n");
  EXPECT_EQ(probed("cpu_count"), kUnreadable);
}

TEST_F(LocalProbe, ReadsTheAffinityOfThisProcess) {
  put("proc/self/status", "Name:\tassay\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n");
  EXPECT_EQ(probed("cpu_affinity"), "0-1");
}

TEST_F(LocalProbe, GivesMemoryInBytes) {
  put("proc/meminfo", "MemTotal:        2048 kB\nMemFree:          1 kB\n");
  EXPECT_EQ(probed("ram_bytes"), "2097152");
}

TEST_F(LocalProbe, DoesNotGuessMemoryInAnUnknownUnit) {
  put("proc/meminfo", "MemTotal:        2048 MB\n");
  EXPECT_EQ(probed("ram_bytes"), kUnreadable);
}

TEST_F(LocalProbe, NamesTheSocByItsDeviceTree) {
  put("proc/device-tree/compatible", std::string_view("vendor,board\0vendor,soc9\0", 25));
  EXPECT_EQ(probed("soc"), "vendor,board vendor,soc9");
}

TEST_F(LocalProbe, ListsDistinctGovernors) {
  put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "schedutil\n");
  put("sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "schedutil\n");
  put("sys/devices/system/cpu/cpu4/cpufreq/scaling_governor", "performance\n");
  put("sys/devices/system/cpu/cpufreq/scaling_governor", "not a processor\n");
  EXPECT_EQ(probed("governor"), "performance,schedutil");
}

TEST_F(LocalProbe, GivesTheHighestCurrentFrequency) {
  put("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "600000\n");
  put("sys/devices/system/cpu/cpu10/cpufreq/scaling_cur_freq", "2400000\n");
  EXPECT_EQ(probed("cpu_frequency_khz"), "2400000");
}

TEST_F(LocalProbe, GivesTheHottestThermalZone) {
  put("sys/class/thermal/thermal_zone0/temp", "41250\n");
  put("sys/class/thermal/thermal_zone1/temp", "38000\n");
  put("sys/class/thermal/cooling_device0/temp", "99000\n");
  EXPECT_EQ(probed("temperature_c"), "41.2");
}

TEST_F(LocalProbe, TakesNoTemperatureFromAZoneThatIsOff) {
  put("sys/class/thermal/thermal_zone0/temp", "-274000\n");
  EXPECT_EQ(probed("temperature_c"), kUnreadable);
}

TEST_F(LocalProbe, HashOfTheHostNameDoesNotContainIt) {
  put("proc/sys/kernel/hostname", "cafe\n");
  EXPECT_THAT(probed("hostname_hash"), testing::MatchesRegex("[0-9a-f]{12}"));
  EXPECT_THAT(probed("hostname_hash"), testing::Not(testing::HasSubstr("cafe")));
}

TEST_F(LocalProbe, TellsTwoMachinesOfOneHostNameApart) {
  put("proc/sys/kernel/hostname", "localhost\n");
  put("etc/machine-id", "11111111\n");
  const std::string first = probed("hostname_hash");
  put("etc/machine-id", "22222222\n");
  EXPECT_NE(probed("hostname_hash"), first);
}

}  // namespace
}  // namespace assay::host
