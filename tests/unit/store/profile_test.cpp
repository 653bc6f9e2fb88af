#include <gtest/gtest.h>

#include <tests/unit/store/example_run.h>
#include <tests/unit/store/store_fixture.h>

namespace assay::store {
namespace {

ProfileRecord example_profile(std::string case_name, std::string variant) {
  return {.key = example_key(std::move(case_name), std::move(variant)),
          .profile = {.operators = {{"DELEGATE_CALL", OperatorKind::kDelegateCall, 4, 4000},
                                    {"Add (ND) #1", OperatorKind::kDelegateNode, 4, 3000},
                                    {"it's native", OperatorKind::kOperator, 1, 0},
                                    {"FREE_CALL", OperatorKind::kOther, 8, 16}},
                      .executions = 4,
                      .left_out = 2,
                      .traced_wall_ns = 5000,
                      .traced_median_ns = 1250,
                      .untraced_median_ns = 1200},
          .problem = ""};
}

class ProfileTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    id_ = open().begin_run(example_info(), {example_key("speech", "int8")}).value();
  }
  std::int64_t id_ = 0;
};

TEST_F(ProfileTest, ReadsBackAsItWasStored) {
  Store store = open();
  ProfileRecord failed{.key = example_key("speech", "fp32"), .problem = "no tracer"};
  ASSERT_TRUE(store.save_profile(id_, example_profile("speech", "int8")).ok());
  ASSERT_TRUE(store.save_profile(id_, failed).ok());
  const RunRecord run = store.load_run(id_, Detail::kScores).value();
  EXPECT_EQ(run.profiles, (std::vector<ProfileRecord>{example_profile("speech", "int8"), failed}));
}

TEST_F(ProfileTest, ANewOneReplacesTheOldOneOfTheVariantOnWhateverCase) {
  Store store = open();
  ASSERT_TRUE(store.save_profile(id_, example_profile("speech", "int8")).ok());
  ASSERT_TRUE(store.save_profile(id_, example_profile("silence", "int8")).ok());
  const RunRecord run = store.load_run(id_, Detail::kScores).value();
  ASSERT_EQ(run.profiles.size(), 1U);
  EXPECT_EQ(run.profiles[0].key.case_name, "silence");
  EXPECT_EQ(count("operator_profile"), 4);
}

TEST_F(ProfileTest, AProfileOfARunThatDoesNotExistIsAnError) {
  const Status saved = open().save_profile(99, example_profile("speech", "int8"));
  ASSERT_FALSE(saved.ok());
  EXPECT_EQ(saved.error().code, ErrorCode::kDatabase);
}

}  // namespace
}  // namespace assay::store
