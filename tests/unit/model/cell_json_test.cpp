#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/model/cell_json.h>

namespace assay {
namespace {

using testing::HasSubstr;

const CellKey kKey{.suite = "vad",
                   .case_name = "speech",
                   .model = "silero",
                   .variant = "int8",
                   .backend = "xnnpack",
                   .threads = 2,
                   .device = "phone"};

Result<CellKey> read(const nlohmann::ordered_json& json) {
  return read_cell_key(JsonValue::parse(json.dump(), "x.json", ErrorCode::kUsage).value());
}

TEST(CellJson, AKeyReadsBackAsItIsWritten) {
  EXPECT_EQ(read(cell_key_to_json(kKey)).value(), kKey);
}

TEST(CellJson, AGroupHasNoCase) {
  EXPECT_EQ(group_key_to_json(kKey).dump(),
            R"({"suite":"vad","model":"silero","variant":"int8","backend":"xnnpack","threads":2,)"
            R"("device":"phone"})");
}

TEST(CellJson, AMissingPartIsNamed) {
  const nlohmann::ordered_json whole = cell_key_to_json(kKey);
  for (const auto& [key, value] : whole.items()) {
    nlohmann::ordered_json partial = whole;
    partial.erase(key);
    const Result<CellKey> result = read(partial);
    ASSERT_FALSE(result.ok()) << key;
    EXPECT_THAT(result.error().message, HasSubstr(key));
  }
}

TEST(CellJson, NoThreadsAreRefused) {
  nlohmann::ordered_json json = cell_key_to_json(kKey);
  json["threads"] = 0;
  EXPECT_THAT(read(json).error().message, HasSubstr("/threads"));
}

}  // namespace
}  // namespace assay
