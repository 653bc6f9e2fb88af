#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/store/options_json.h>
#include <tests/fakes/other_option.h>

namespace assay::store {
namespace {

TEST(OptionsJson, EveryOptionReadsBackAsItIsWritten) {
  for (const OptionInfo& info : run_option_infos()) {
    const RunOptions options = fakes::with_another_value(info);
    EXPECT_EQ(options_from_json(options_to_json(options).dump()).value(), options) << info.stored;
  }
}

TEST(OptionsJson, WhatAnOlderProgramDidNotKnowHasItsDefault) {
  const RunOptions options = options_from_json(R"({"threads": 2})").value();
  EXPECT_EQ(options.threads, 2);
  EXPECT_EQ(options.device, "local");
  EXPECT_EQ(options.seed, 1U);
  EXPECT_FALSE(options.profile);
}

TEST(OptionsJson, WhatANewerProgramAddedIsIgnored) {
  EXPECT_EQ(options_from_json(R"({"affinity": [1], "threads": "two"})").value(), RunOptions());
}

TEST(OptionsJson, WhatIsNoObjectIsCorrupt) {
  EXPECT_EQ(options_from_json("[]").error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace assay::store
