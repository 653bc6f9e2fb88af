#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/host/cpu_description.h>

namespace assay::host {
namespace {

using testing::ElementsAre;
using testing::Optional;

constexpr char kX86[] =
    "processor\t: 0\n"
    "model name\t: Example CPU @ 2.00GHz\n"
    "flags\t\t: fpu sse4_1 avx2 avx512f avx512_vnni\n"
    "\n"
    "processor\t: 1\n"
    "model name\t: Example CPU @ 2.00GHz\n"
    "flags\t\t: fpu sse4_1 avx2\n";

constexpr char kArm[] =
    "processor\t: 0\n"
    "Features\t: fp asimd asimddp i8mm\n"
    "CPU implementer\t: 0x41\nCPU variant\t: 0x1\nCPU part\t: 0xd05\nCPU revision\t: 0\n"
    "\n"
    "processor\t: 1\n"
    "Features\t: fp asimd asimddp i8mm\n"
    "CPU implementer\t: 0x41\nCPU variant\t: 0x1\nCPU part\t: 0xd05\nCPU revision\t: 0\n"
    "\n"
    "processor\t: 2\n"
    "Features\t: fp asimd asimddp i8mm sve\n"
    "CPU implementer\t: 0x41\nCPU variant\t: 0x2\nCPU part\t: 0xd47\nCPU revision\t: 1\n"
    "\n"
    "Hardware\t: Example SoC\n";

TEST(CpuModel, OfX86IsTheModelName) {
  EXPECT_EQ(cpu_model(kX86, Architecture::kX86_64), "Example CPU @ 2.00GHz");
}

TEST(CpuModel, OfArmCountsEachKindOfCore) {
  EXPECT_EQ(cpu_model(kArm, Architecture::kAarch64), "0x41/0xd05 r1p0 x2, 0x41/0xd47 r2p1 x1");
}

TEST(CpuModel, OfTextForAnotherArchitectureIsNothing) {
  EXPECT_EQ(cpu_model(kX86, Architecture::kAarch64), std::nullopt);
  EXPECT_EQ(cpu_model(kArm, Architecture::kX86_64), std::nullopt);
}

TEST(CpuModel, OfAnEmptyTextIsNothing) {
  EXPECT_EQ(cpu_model("", Architecture::kX86_64), std::nullopt);
}

TEST(CpuFeatures, KeepsOnlyTheOnesThatEveryCoreHasAndThatMatter) {
  EXPECT_THAT(cpu_features(kX86, Architecture::kX86_64), Optional(ElementsAre("avx2", "sse4_1")));
  EXPECT_THAT(cpu_features(kArm, Architecture::kAarch64),
              Optional(ElementsAre("asimd", "asimddp", "i8mm")));
}

TEST(CpuFeatures, MatchesWholeWords) {
  EXPECT_THAT(cpu_features("flags\t: avx512f_like\n", Architecture::kX86_64),
              Optional(testing::IsEmpty()));
}

TEST(CpuFeatures, UnderAnEmulatorTheHostsFlagsAreNotTakenForArmFeatures) {
  EXPECT_EQ(cpu_features(kX86, Architecture::kAarch64), std::nullopt);
}

TEST(CpuFeatures, OfAnUnknownArchitectureIsNothing) {
  EXPECT_EQ(cpu_features(kX86, Architecture::kOther), std::nullopt);
}

}  // namespace
}  // namespace assay::host
