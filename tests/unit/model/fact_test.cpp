#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/model/fact.h>

namespace assay {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

TEST(Fact, IsNotRecordedUntilSomebodySaysIt) {
  const Fact<bool> fact;
  EXPECT_EQ(fact.state(), FactState::kNotRecorded);
  EXPECT_EQ(fact.value(), std::nullopt);
  EXPECT_EQ(fact.words(), std::nullopt);
}

TEST(Fact, AnAbsentValueIsUnreadableWhereItWasLookedFor) {
  const auto fact = Fact<std::int64_t>::found(std::nullopt);
  EXPECT_EQ(fact.state(), FactState::kUnreadable);
  EXPECT_THAT(fact.words(), Optional(std::string("unreadable")));
}

TEST(Fact, AnEmptyTextIsUnreadable) {
  EXPECT_EQ(Fact<std::string>("").state(), FactState::kUnreadable);
}

TEST(Fact, WordsThatMeanNothingAreKeptAndAreNoValue) {
  const auto fact = Fact<std::int64_t>::read("8 (4 big)");
  EXPECT_EQ(fact.state(), FactState::kUnreadable);
  EXPECT_THAT(fact.words(), Optional(std::string("8 (4 big)")));
}

TEST(Fact, KeepsTheWordsOfANumberThatItWouldWriteOtherwise) {
  const auto fact = Fact<double>::read("45.25");
  EXPECT_THAT(fact.value(), Optional(45.25));
  EXPECT_THAT(fact.words(), Optional(std::string("45.25")));
}

TEST(Fact, AFlagIsYesOrNoAndNothingElse) {
  EXPECT_THAT(Fact<bool>::read("yes").value(), Optional(true));
  EXPECT_THAT(Fact<bool>::read("no").value(), Optional(false));
  for (const char* words : {"true", "false", "unknown", "unreadable", "Yes", "1", ""}) {
    EXPECT_EQ(Fact<bool>::read(words).state(), FactState::kUnreadable) << words;
  }
}

TEST(Fact, UnknownIsNoText) {
  EXPECT_EQ(Fact<std::string>::read("unknown").state(), FactState::kUnreadable);
}

TEST(Fact, AListIsWrittenWithCommasAndAnEmptyOneAsNone) {
  EXPECT_THAT(Fact<FactList>(FactList{"address", "undefined"}).words(),
              Optional(std::string("address,undefined")));
  EXPECT_THAT(Fact<FactList>(FactList{}).words(), Optional(std::string("none")));
  EXPECT_THAT(Fact<FactList>::read("address,undefined").value(),
              Optional(ElementsAre("address", "undefined")));
  EXPECT_THAT(Fact<FactList>::read("none").value(), Optional(IsEmpty()));
}

TEST(Fact, ATemperatureIsWrittenWithOneDecimal) {
  EXPECT_THAT(Fact<double>(48.04).words(), Optional(std::string("48.0")));
}

TEST(Fact, ABuildTypeIsReadAsCMakeReadsIt) {
  EXPECT_THAT(Fact<BuildType>::read("debug").value(), Optional(BuildType::kDebug));
  EXPECT_THAT(Fact<BuildType>::read("RELEASE").value(), Optional(BuildType::kRelease));
  EXPECT_THAT(Fact<BuildType>::read("unset").value(), Optional(BuildType::kNone));
  EXPECT_THAT(Fact<BuildType>::read("Coverage").value(), Optional(BuildType::kOther));
  EXPECT_EQ(Fact<BuildType>::read("unreadable").state(), FactState::kUnreadable);
}

TEST(Fact, EveryBuildTypeReadsBackAsItIsWritten) {
  for (const BuildType type :
       {BuildType::kNone, BuildType::kDebug, BuildType::kRelease, BuildType::kRelWithDebInfo,
        BuildType::kMinSizeRel, BuildType::kOther}) {
    EXPECT_THAT(fact_value<BuildType>(fact_words(type)), Optional(type));
  }
}

}  // namespace
}  // namespace assay
