#include <limits>
#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <harness/base/json_number.h>

namespace assay {
namespace {

TEST(JsonNumber, IsTheShortestTextThatReadsBackAsTheSameDouble) {
  EXPECT_EQ(number_to_json(0.1).dump(), "0.1");
  EXPECT_EQ(number_to_json(1.0 / 3).get<double>(), 1.0 / 3);
  EXPECT_EQ(nlohmann::json::parse(number_to_json(1.0 / 3).dump()).get<double>(), 1.0 / 3);
}

TEST(JsonNumber, WhatIsNoNumberOrNotThereIsNull) {
  EXPECT_EQ(number_to_json(std::numeric_limits<double>::infinity()).dump(), "null");
  EXPECT_EQ(number_to_json(std::numeric_limits<double>::quiet_NaN()).dump(), "null");
  EXPECT_EQ(number_to_json(std::nullopt).dump(), "null");
}

}  // namespace
}  // namespace assay
