#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/model/fingerprint.h>

namespace assay {
namespace {

using testing::ElementsAre;
using testing::Optional;

/// As version 0.2.0 stored it, with a key of a version to come.
const FingerprintWords kStored{
    {"arch", "x86_64"},
    {"build_type", "Release"},
    {"compiler", "GNU 12.2.0"},
    {"cpu_affinity", "0-1"},
    {"cpu_count", "2"},
    {"cpu_features", "avx,avx2"},
    {"cpu_frequency_khz", "unreadable"},
    {"cpu_model", "Some CPU @ 2 GHz"},
    {"executorch_version", "1.5.1"},
    {"governor", "performance,powersave"},
    {"hostname_hash", "0123456789ab"},
    {"kernel", "6.1.0"},
    {"numa_nodes", "1"},
    {"os", "Debian GNU/Linux 12 (bookworm)"},
    {"ram_bytes", "8363290624"},
    {"sanitizers", "none"},
    {"soc", "unreadable"},
    {"temperature_c", "48.0"},
    {"tool_commit", "unknown"},
    {"tool_dirty", "no"},
    {"tool_version", "0.2.0"},
};

TEST(Fingerprint, StoredWordsBecomeValues) {
  const Fingerprint fingerprint = fingerprint_from(kStored);
  EXPECT_THAT(fingerprint.tool_dirty.value(), Optional(false));
  EXPECT_EQ(fingerprint.tool_commit.state(), FactState::kUnreadable);
  EXPECT_THAT(fingerprint.build_type.value(), Optional(BuildType::kRelease));
  EXPECT_THAT(fingerprint.cpu_count.value(), Optional(2));
  EXPECT_THAT(fingerprint.ram_bytes.value(), Optional(8'363'290'624));
  EXPECT_THAT(fingerprint.governor.value(), Optional(ElementsAre("performance", "powersave")));
  EXPECT_THAT(fingerprint.temperature_c.value(), Optional(48.0));
  EXPECT_EQ(fingerprint.cpu_frequency_khz.state(), FactState::kUnreadable);
}

TEST(Fingerprint, IsWrittenBackAsItWasStored) {
  EXPECT_EQ(to_words(fingerprint_from(kStored)), kStored);
}

TEST(Fingerprint, WordsThatNoValueFitsAreWrittenBackToo) {
  const FingerprintWords odd{{"cpu_count", "08"}, {"ram_bytes", "much"}, {"temperature_c", ""}};
  EXPECT_EQ(to_words(fingerprint_from(odd)), odd);
}

TEST(Fingerprint, AFactThatIsNotRecordedHasNoKey) {
  EXPECT_THAT(to_words({.cpu_model = "x"}), ElementsAre(testing::Pair("cpu_model", "x")));
}

TEST(Fingerprint, ALookInVainIsRecordedForEveryKey) {
  const FingerprintWords words = to_words(unreadable_fingerprint());
  EXPECT_EQ(words.size(), fingerprint_keys().size());
  for (const auto& [key, value] : words) {
    EXPECT_EQ(value, "unreadable") << key;
  }
}

// The digits are those that version 0.2.0 computed: calibrations and floors are stored under them.
TEST(MachineIdentity, OfStoredFingerprintsIsWhatItWas) {
  EXPECT_EQ(machine_identity({.build_type = BuildType::kRelease,
                              .sanitizers = FactList{},
                              .executorch_version = "1.5.1",
                              .arch = "x86_64",
                              .cpu_model = "Fake CPU",
                              .cpu_features = FactList{"avx2"},
                              .cpu_count = 2,
                              .hostname_hash = "f00d"}),
            "8c8c4830c4aa");
  EXPECT_EQ(machine_identity(fingerprint_from({{"build_type", "unset"},
                                               {"sanitizers", "address,undefined"},
                                               {"arch", "aarch64"},
                                               {"cpu_model", "unreadable"},
                                               {"cpu_features", "none"},
                                               {"cpu_count", "08"}})),
            "381b59aec64f");
}

TEST(MachineIdentity, DoesNotDependOnTheRuntime) {
  EXPECT_EQ(machine_identity({.executorch_version = "1", .cpu_model = "x"}),
            machine_identity({.executorch_version = "2", .cpu_model = "x"}));
}

TEST(IdentityDifferences, NameTheKeyAndBothSidesWords) {
  const auto differences =
      identity_differences({.os = "a", .cpu_model = "x"}, {.os = "b", .cpu_count = 2});
  ASSERT_EQ(differences.size(), 2U);
  EXPECT_EQ(differences[0].key, "cpu_model");
  EXPECT_THAT(differences[0].a, Optional(std::string("x")));
  EXPECT_EQ(differences[0].b, std::nullopt);
  EXPECT_EQ(differences[1].key, "cpu_count");
  EXPECT_THAT(differences[1].b, Optional(std::string("2")));
}

TEST(IdentityDifferences, AreNoneBetweenLikeMachines) {
  EXPECT_TRUE(identity_differences(fingerprint_from(kStored), fingerprint_from(kStored)).empty());
}

}  // namespace
}  // namespace assay
