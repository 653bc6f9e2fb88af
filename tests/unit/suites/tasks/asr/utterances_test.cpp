#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/tasks/asr/utterances.h>

namespace assay::suites {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json good_list() {
  return {{"audio", "test.flac"},
          {"audio_sha256", "ab"},
          {"sample_rate_hz", 16000},
          {"utterances",
           {{{"name", "t0"}, {"start", 0}, {"samples", 10}, {"text", "turn it off"}},
            {{"name", "t1"}, {"start", 10}, {"samples", 5}, {"voice", "en"}}}}};
}

std::string list_error(const json& list) {
  const auto parsed = parse_utterances(list.dump(), "test.json");
  return parsed.ok() ? "no error" : parsed.error().message;
}

TEST(Utterances, AreReadWithTheirText) {
  const auto list = parse_utterances(good_list().dump(), "test.json");
  ASSERT_TRUE(list.ok()) << list.error().message;
  EXPECT_EQ(list->audio, "test.flac");
  ASSERT_EQ(list->utterances.size(), 2U);
  EXPECT_EQ(list->utterances[0].text, "turn it off");
  EXPECT_EQ(list->utterances[1].start, 10U);
  EXPECT_FALSE(list->utterances[1].text.has_value());
}

TEST(Utterances, WrongValuesAreRefusedWithTheirPlace) {
  const std::vector<std::pair<const char*, json>> wrong{
      {"/utterances/0/samples", 0},   {"/utterances/0/start", -1},   {"/utterances/1/name", "t0"},
      {"/utterances/0/text", 7},      {"/utterances/0/txt", "typo"}, {"/sample_rate_hz", "fast"},
      {"/utterances", json::array()}, {"/utterances/0/start", 1e300}};
  for (const auto& [place, value] : wrong) {
    json list = good_list();
    list[json::json_pointer(place)] = value;
    EXPECT_THAT(list_error(list), testing::AnyOf(HasSubstr(place), HasSubstr("/utterances/")))
        << place;
  }
}

}  // namespace
}  // namespace assay::suites
