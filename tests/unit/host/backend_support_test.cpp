#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/file.h>
#include <harness/host/backend_support.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::host {
namespace {

using testing::HasSubstr;

BackendTraits phone(std::string soc) {
  return {.arch = "aarch64",
          .soc = std::move(soc),
          .vulkan = true,
          .delegates = {{"XnnpackBackend", true}}};
}

BackendState state_of(std::string_view name, const BackendTraits& traits) {
  for (BackendState& state : backend_states(traits)) {
    if (state.name == name) {
      return state;
    }
  }
  return {};
}

TEST(SocVendor, IsKnownByThePlatformsOfAndroid) {
  for (const char* platform : {"sm8550", "lahaina", "taro", "kalama", "pineapple", "sun"}) {
    EXPECT_EQ(soc_vendor(platform), SocVendor::kQualcomm) << platform;
  }
  EXPECT_EQ(soc_vendor("mt6989"), SocVendor::kMediatek);
  EXPECT_EQ(soc_vendor("s5e9945"), SocVendor::kSamsung);
  EXPECT_EQ(soc_vendor("gs201"), SocVendor::kGoogle);
  EXPECT_EQ(soc_vendor("zuma"), SocVendor::kGoogle);
}

TEST(SocVendor, IsKnownByAnyDeviceTreeString) {
  EXPECT_EQ(soc_vendor("fairphone,fp5 qcom,qcm6490"), SocVendor::kQualcomm);
}

TEST(SocVendor, IsNotGuessedFromAnotherWordThatBeginsAlike) {
  for (const char* other : {"sunxi", "smart", "mtk-board", "unreadable", "raspberrypi,5", ""}) {
    EXPECT_EQ(soc_vendor(other), SocVendor::kUnknown) << other;
  }
}

TEST(BackendStates, CoverEveryBackendOnce) {
  EXPECT_EQ(backend_states(phone("kalama")).size(), backend_names().size());
}

TEST(BackendStates, PortableIsReadyWithoutAnyDelegate) {
  EXPECT_EQ(state_of("portable", {}).fitness, BackendFitness::kReady);
}

TEST(BackendStates, QnnIsUnsuitedToAnotherVendorsSoc) {
  const BackendState state = state_of("qnn", phone("mt6989"));
  EXPECT_EQ(state.fitness, BackendFitness::kUnsuited);
  EXPECT_THAT(state.reason, HasSubstr("'mt6989' (vendor MediaTek)"));
}

TEST(BackendStates, QnnIsMissingOnQualcommWhereTheRuntimeLacksIt) {
  const BackendState state = state_of("qnn", phone("kalama"));
  EXPECT_EQ(state.fitness, BackendFitness::kMissing);
  EXPECT_THAT(state.reason, HasSubstr("no QnnBackend"));
}

TEST(BackendStates, ARegisteredAndAvailableDelegateIsReady) {
  BackendTraits traits = phone("kalama");
  traits.delegates["QnnBackend"] = true;
  EXPECT_EQ(state_of("qnn", traits).fitness, BackendFitness::kReady);
  EXPECT_EQ(state_of("xnnpack", traits).fitness, BackendFitness::kReady);
}

TEST(BackendStates, VulkanIsUnsuitedWithoutItsLibraryAndMissingWithoutItsDelegate) {
  BackendTraits traits = phone("kalama");
  EXPECT_EQ(state_of("vulkan", traits).fitness, BackendFitness::kMissing);
  traits.vulkan = false;
  EXPECT_EQ(state_of("vulkan", traits).fitness, BackendFitness::kUnsuited);
}

TEST(BackendStates, OpenvinoWithoutItsLibrarySaysWhichVariableNamesIt) {
  const BackendTraits pc{
      .arch = "x86_64", .soc = "unreadable", .delegates = {{"OpenvinoBackend", false}}};
  EXPECT_EQ(state_of("openvino", pc).fitness, BackendFitness::kMissing);
  EXPECT_THAT(state_of("openvino", pc).reason, HasSubstr("OPENVINO_LIB_PATH"));
  EXPECT_EQ(state_of("openvino", phone("kalama")).fitness, BackendFitness::kUnsuited);
}

TEST(HasVulkan, LooksForTheLoaderAndForAdreno) {
  const fakes::TemporaryFolder folder;
  EXPECT_FALSE(has_vulkan(folder.path()));
  std::filesystem::create_directories(folder.path() / "dev");
  ASSERT_TRUE(write_file_atomically(folder.path() / "dev/kgsl-3d0", "").ok());
  EXPECT_TRUE(has_vulkan(folder.path()));
}

}  // namespace
}  // namespace assay::host
