#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/run/plan.h>

namespace assay::run {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

VariantSpec lowered_everywhere() {
  VariantSpec variant{.name = "int8", .pte = "x.pte"};
  variant.other_backends = {{"qnn", {.pte = "q.pte", .sha256 = ""}},
                            {"openvino", {.pte = "o.pte", .sha256 = ""}},
                            {"portable", {.pte = "p.pte", .sha256 = ""}}};
  return variant;
}

SuiteManifest wishing(std::vector<std::string> backends, bool fallback = false) {
  SuiteManifest suite;
  suite.name = "vad";
  suite.model.name = "silero-vad";
  suite.model.variants = {lowered_everywhere()};
  suite.cases = {{.name = "speech"}};
  suite.backends = std::move(backends);
  suite.fallback = fallback;
  return suite;
}

/// A PC without OpenVINO's library.
DeviceBackends pc() {
  return {.states = {{"qnn", BackendFitness::kUnsuited, "not Qualcomm's"},
                     {"openvino", BackendFitness::kMissing, "no library; set a variable"},
                     {"xnnpack", BackendFitness::kReady, ""},
                     {"portable", BackendFitness::kReady, ""}},
          .delegates = {"XnnpackBackend"}};
}

/// q.pte needs QnnBackend, and so on; strange.pte needs what nobody has.
Result<std::vector<std::string>> delegates_of(const std::filesystem::path& pte,
                                              const std::string&) {
  if (pte == "strange.pte") {
    return std::vector<std::string>{"AbsentBackend", "XnnpackBackend"};
  }
  if (pte == "damaged.pte") {
    return make_error(ErrorCode::kCorrupt, "not a .pte");
  }
  return pte == "p.pte" ? std::vector<std::string>() : std::vector<std::string>{"XnnpackBackend"};
}

BackendChoice choose(const SuiteManifest& suite, const std::vector<std::string>& asked = {}) {
  return choose_backends(suite, suite.model.variants[0], asked, pc(), delegates_of);
}

TEST(BackendChoice, WithoutAWishListIsTheVariantsOwnBackend) {
  const BackendChoice choice = choose(wishing({}));
  ASSERT_THAT(choice.picks, SizeIs(1));
  EXPECT_EQ(choice.picks[0].variant.backend, "xnnpack");
  EXPECT_EQ(choice.picks[0].refusal, "");
  EXPECT_EQ(choice.words, "xnnpack");
}

TEST(BackendChoice, TakesTheFirstWishThatCanRunAndSaysWhyNotTheOthers) {
  const BackendChoice choice = choose(wishing({"qnn", "vulkan", "xnnpack", "portable"}));
  ASSERT_THAT(choice.picks, SizeIs(1));
  EXPECT_EQ(choice.picks[0].variant.pte, "x.pte");
  EXPECT_EQ(choice.words,
            "xnnpack; not qnn: not Qualcomm's; not vulkan: the suite has no .pte for it; "
            "not portable: xnnpack comes first");
}

TEST(BackendChoice, RunsTheFileOfTheBackendItTook) {
  const BackendChoice choice = choose(wishing({"portable", "xnnpack"}));
  EXPECT_EQ(choice.picks[0].variant.pte, "p.pte");
  EXPECT_EQ(choice.picks[0].variant.backend, "portable");
}

TEST(BackendChoice, AWishedBackendThatIsMissingIsRefusedWithWhatToDo) {
  const BackendChoice choice = choose(wishing({"openvino", "xnnpack"}));
  ASSERT_THAT(choice.picks, SizeIs(1));
  EXPECT_EQ(choice.picks[0].variant.backend, "openvino");
  EXPECT_EQ(
      choice.picks[0].refusal,
      "openvino: no library; set a variable; with \"fallback\": true the suite would take the "
      "next backend of its list");
  EXPECT_EQ(choice.words,
            "none; not openvino: no library; set a variable; not xnnpack: the suite does not fall "
            "back");
}

TEST(BackendChoice, WithFallbackTheNextWishIsTakenInItsPlace) {
  const BackendChoice choice = choose(wishing({"openvino", "xnnpack"}, true));
  EXPECT_EQ(choice.picks[0].variant.backend, "xnnpack");
  EXPECT_EQ(choice.picks[0].refusal, "");
  EXPECT_THAT(choice.words, HasSubstr("xnnpack; not openvino: no library"));
}

TEST(BackendChoice, AFileThatNeedsAnUnregisteredDelegateIsRefusedByItsName) {
  SuiteManifest suite = wishing({"xnnpack", "portable"});
  suite.model.variants[0].pte = "strange.pte";
  EXPECT_THAT(choose(suite).picks[0].refusal,
              HasSubstr("'strange.pte' needs AbsentBackend, which the runtime"));
  suite.fallback = true;
  EXPECT_EQ(choose(suite).picks[0].variant.backend, "portable");
}

TEST(BackendChoice, WhereNothingSuitsTheDeviceTheFirstWishIsRefused) {
  SuiteManifest suite = wishing({"qnn"}, true);
  const BackendChoice choice = choose(suite);
  ASSERT_THAT(choice.picks, SizeIs(1));
  EXPECT_EQ(choice.picks[0].refusal, "qnn: not Qualcomm's");
}

TEST(BackendChoice, AVariantThatNoWishHasAFileForRunsOnItsOwnBackend) {
  SuiteManifest suite = wishing({"vulkan"});
  const BackendChoice choice = choose(suite);
  EXPECT_EQ(choice.picks[0].variant.backend, "xnnpack");
  EXPECT_THAT(choice.words, HasSubstr("not vulkan: the suite has no .pte"));
}

TEST(BackendChoice, AFileThatCannotBeReadIsLeftToLoading) {
  SuiteManifest suite = wishing({});
  suite.model.variants[0].pte = "damaged.pte";
  EXPECT_EQ(choose(suite).picks[0].refusal, "");
}

TEST(BackendChoice, EveryBackendThatIsAskedForIsPickedWhateverTheWishListSays) {
  const BackendChoice choice = choose(wishing({"qnn"}, true), {"portable", "openvino", "vulkan"});
  ASSERT_THAT(choice.picks, SizeIs(2));  // there is no file for Vulkan
  EXPECT_EQ(choice.picks[0].variant.backend, "portable");
  EXPECT_EQ(choice.picks[1].refusal, "no library; set a variable");
  EXPECT_EQ(choice.words,
            "asked for: portable; not openvino: no library; set a variable; not vulkan: the suite "
            "has no .pte for it");
}

TEST(BackendsOfAPlan, AreColumnsOfTheMatrix) {
  RunPlan plan = make_plan({wishing({})}, {.backends = {"xnnpack", "portable"}}).value();
  ASSERT_TRUE(choose_backends(plan, pc(), delegates_of).ok());
  const auto matrix = plan.matrix();
  ASSERT_THAT(matrix, SizeIs(2));
  EXPECT_EQ(matrix[0].backend, "xnnpack");
  EXPECT_EQ(matrix[1].backend, "portable");
  EXPECT_EQ(plan.backend_facts.at("backend:silero-vad/int8"), "asked for: xnnpack; portable");
}

TEST(BackendsOfAPlan, OneThatIsAskedForOneVariantLeavesTheOthersToTheWishList) {
  SuiteManifest suite = wishing({"xnnpack"});
  suite.model.variants.push_back(lowered_everywhere());
  suite.model.variants.back().name = "int4";
  RunPlan plan = make_plan({suite}, {.backends = {"int8=portable"}}).value();
  ASSERT_TRUE(choose_backends(plan, pc(), delegates_of).ok());
  const auto matrix = plan.matrix();
  ASSERT_THAT(matrix, SizeIs(2));
  EXPECT_EQ(matrix[0].backend, "portable");
  EXPECT_EQ(matrix[1].backend, "xnnpack");
}

TEST(BackendsOfAPlan, OneThatIsAskedForTwiceIsOneColumn) {
  RunPlan plan = make_plan({wishing({})}, {.backends = {"portable", "int8=portable"}}).value();
  ASSERT_TRUE(choose_backends(plan, pc(), delegates_of).ok());
  EXPECT_THAT(plan.matrix(), SizeIs(1));
}

TEST(BackendsOfAPlan, OneThatIsAskedForAVariantThatIsNotThereIsAWrongRequest) {
  RunPlan plan = make_plan({wishing({})}, {.backends = {"portable", "int3=portable"}}).value();
  const Status status = choose_backends(plan, pc(), delegates_of);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("backend 'int3=portable'"));
}

TEST(BackendsOfAPlan, ARefusalIsKeptForTheCells) {
  RunPlan plan = make_plan({wishing({"openvino"})}, {}).value();
  ASSERT_TRUE(choose_backends(plan, pc(), delegates_of).ok());
  EXPECT_THAT(plan.suites[0].refusals.at({"int8", "openvino"}).reason, HasSubstr("no library"));
}

/// int8 is lowered for OpenVINO alone, which the PC lacks; int4 follows, for XNNPACK.
SuiteManifest with_a_next_variant(bool fallback) {
  SuiteManifest suite = wishing({"openvino", "xnnpack"}, fallback);
  suite.model.variants = {{.name = "int8", .pte = "o.pte", .backend = "openvino"},
                          {.name = "int4", .pte = "x.pte"}};
  return suite;
}

TEST(BackendsOfAPlan, AVariantThatNothingCanRunGivesWayToTheNextOneIfTheSuiteSaysSo) {
  RunPlan plan = make_plan({with_a_next_variant(true)}, {}).value();
  ASSERT_TRUE(choose_backends(plan, pc(), delegates_of).ok());
  EXPECT_EQ(plan.suites[0].refusals.at({"int8", "openvino"}).instead, "int4");
  EXPECT_THAT(plan.backend_facts.at("backend:silero-vad/int8"),
              HasSubstr("; the suite falls back to int4"));
  EXPECT_THAT(plan.matrix(), SizeIs(2)) << "its cell is there all the same";
}

TEST(BackendsOfAPlan, WithoutFallbackOrWithoutANextVariantOrWhenAskedForItIsAFailure) {
  RunPlan strict = make_plan({with_a_next_variant(false)}, {}).value();
  RunPlan alone = make_plan({with_a_next_variant(true)}, {.variants = {"int8"}}).value();
  RunPlan asked = make_plan({with_a_next_variant(true)}, {.backends = {"int8=openvino"}}).value();
  for (RunPlan* plan : {&strict, &alone, &asked}) {
    ASSERT_TRUE(choose_backends(*plan, pc(), delegates_of).ok());
    EXPECT_EQ(plan->suites[0].refusals.at({"int8", "openvino"}).instead, "");
  }
}

TEST(BackendsOfAPlan, ABackendThatNoVariantHasAFileForIsAWrongRequest) {
  RunPlan plan = make_plan({wishing({})}, {.backends = {"vulkan"}}).value();
  const Status status = choose_backends(plan, pc(), delegates_of);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUsage);
  EXPECT_THAT(status.error().message, HasSubstr("backend 'vulkan'"));
}

}  // namespace
}  // namespace assay::run
