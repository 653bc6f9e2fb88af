#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/json.h>

namespace assay {
namespace {

using testing::HasSubstr;

JsonValue parsed(std::string_view text) {
  return JsonValue::parse(text, "a.json", ErrorCode::kCorrupt).value();
}

std::string parse_error(std::string_view text) {
  auto result = JsonValue::parse(text, "a.json", ErrorCode::kCorrupt);
  return result.ok() ? "no error" : result.error().message;
}

TEST(Json, TextThatIsNotJsonNamesFileAndLine) {
  const std::string message = parse_error("{\"a\":\n 1,,}");
  EXPECT_THAT(message, HasSubstr("a.json: not valid JSON"));
  EXPECT_THAT(message, HasSubstr("line 2"));
}

TEST(Json, CommentsAreRefused) {
  EXPECT_THAT(parse_error("{\"a\": 1 // one\n}"), HasSubstr("not valid JSON"));
}

TEST(Json, EmptyTextIsRefused) { EXPECT_THAT(parse_error(""), HasSubstr("not valid JSON")); }

TEST(Json, TextAfterTheDocumentIsRefused) {
  EXPECT_THAT(parse_error("{} {}"), HasSubstr("not valid JSON"));
}

TEST(Json, ADuplicateKeyIsRefused) {
  EXPECT_THAT(parse_error(R"({"x": {"a": 1, "b": 2, "a": 3}})"), HasSubstr("'a' is there twice"));
}

TEST(Json, TheSameKeyInTwoObjectsIsFine) {
  EXPECT_EQ(parse_error(R"([{"a": 1}, {"a": {"a": 2}}])"), "no error");
}

TEST(Json, AbsurdNestingIsRefusedAndNotFollowed) {
  EXPECT_THAT(parse_error(std::string(1'000'000, '[')), HasSubstr("nested deeper than 64"));
}

TEST(Json, ANumberBeyondDoubleIsRefused) {
  EXPECT_THAT(parse_error("[1e999]"), HasSubstr("number overflow"));
}

TEST(Json, AHugeTokenDoesNotFillTheMessage) {
  EXPECT_LT(parse_error("[" + std::string(1'000'000, 'x') + "]").size(), 400U);
  EXPECT_LT(parse_error("[\"" + std::string(1'000'000, 'x')).size(), 400U);
}

TEST(Json, TheCodeIsTheCallers) {
  EXPECT_EQ(JsonValue::parse("", "a", ErrorCode::kUsage).error().code, ErrorCode::kUsage);
  EXPECT_EQ(parsed("1").as_text().error().code, ErrorCode::kCorrupt);
}

TEST(Json, AnUnknownKeyNamesItsPointerTheKnownKeysAndTheNearest) {
  const auto item = parsed(R"({"cases": [{"wavv": 1}]})").require("cases")->as_list().value()[0];
  EXPECT_EQ(item.expect_object({"name", "wav"}).error().message,
            "a.json: /cases/0/wavv: unknown key; did you mean 'wav'? known are name, wav");
}

TEST(Json, PointerTokensAreEscaped) {
  EXPECT_THAT(parsed(R"({"a/b~c": 1})").require("a/b~c")->error("bad").message,
              HasSubstr("/a~1b~0c: bad"));
}

TEST(Json, AMissingKeyIsNamed) {
  EXPECT_EQ(parsed(R"({"m": {}})").require("m")->require("pte").error().message,
            "a.json: /m: 'pte' is missing");
}

TEST(Json, AnErrorAboutTheWholeDocumentHasNoPointer) {
  EXPECT_EQ(parsed("{}").require("pte").error().message, "a.json: 'pte' is missing");
}

TEST(Json, AWrongTypeShowsTheValue) {
  EXPECT_EQ(parsed("[7]").as_list().value()[0].as_text().error().message,
            "a.json: /0: must be a string, not 7");
  EXPECT_THAT(parsed("\"x\"").expect_object().error().message, HasSubstr("an object, not \"x\""));
  EXPECT_THAT(parsed("{}").as_list().error().message, HasSubstr("a list, not an object"));
  EXPECT_THAT(parsed("true").as_number().error().message, HasSubstr("a number, not true"));
}

TEST(Json, WholeNumbersKeepToTheirRange) {
  EXPECT_EQ(parsed("5").as_integer(0, 5).value(), 5);
  EXPECT_FALSE(parsed("6").as_integer(0, 5).ok());
  EXPECT_FALSE(parsed("-1").as_integer(0, 5).ok());
  EXPECT_FALSE(parsed("1.0").as_integer(0, 5).ok());
  EXPECT_FALSE(parsed("\"1\"").as_integer(0, 5).ok());
}

TEST(Json, WholeNumbersBeyondInt64AreOutOfRange) {
  EXPECT_FALSE(parsed("18446744073709551615").as_integer(-1, INT64_MAX).ok());
  EXPECT_FALSE(parsed("99999999999999999999999").as_integer(INT64_MIN, INT64_MAX).ok());
  EXPECT_EQ(parsed("9223372036854775807").as_integer(0, INT64_MAX).value(), INT64_MAX);
}

TEST(Json, EmptyListsAndTextsAreRefusedWhereSomethingIsNeeded) {
  EXPECT_THAT(parsed("[]").as_nonempty_list().error().message, HasSubstr("must not be empty"));
  EXPECT_THAT(parsed("\"\"").as_nonempty_text().error().message, HasSubstr("must not be empty"));
}

TEST(Json, ATextWithNulIsRefused) {
  EXPECT_THAT(parsed("\"a\\u0000b\"").as_text().error().message, HasSubstr("NUL"));
}

TEST(Json, FlagsAreTrueOrFalseAndNothingElse) {
  EXPECT_TRUE(parsed("true").as_flag().value());
  EXPECT_FALSE(parsed("false").as_flag().value());
  EXPECT_THAT(parsed("1").as_flag().error().message, HasSubstr("true or false"));
}

TEST(Json, NullsAndListsAreTold) {
  EXPECT_TRUE(parsed("null").is_null());
  EXPECT_FALSE(parsed("0").is_null());
  EXPECT_TRUE(parsed("[]").is_list());
  EXPECT_FALSE(parsed("{}").is_list());
}

TEST(Json, AValueOutlivesTheOneItCameFrom) {
  auto inner = parsed(R"({"a": {"b": "text"}})").require("a").value();
  EXPECT_EQ(inner.require("b")->as_text().value(), "text");
}

}  // namespace
}  // namespace assay
