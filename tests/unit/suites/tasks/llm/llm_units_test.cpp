#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <suites/manifest/manifest_parser.h>
#include <suites/tasks/llm/llm_units.h>

namespace assay::suites {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LlmUnits, APositionHasTheTokensThatEachFindsMostLikelyAndItsDivergence) {
  Cell cell;
  cell.series = {{"kld", {0.5F, 0.25F}}, {"best_token", {4, 9}}, {"golden_best_token", {4, 8}}};
  const auto units = llm_units_of(cell);
  ASSERT_TRUE(units.has_value());
  EXPECT_EQ(units->count, 2U);
  EXPECT_THAT(units->decisions[1].labels, ElementsAre(9));
  EXPECT_THAT(units->reference[1].labels, ElementsAre(8));
  EXPECT_THAT(units->errors, ElementsAre(0.5, 0.25));
}

TEST(LlmUnits, OlderRunsHaveDivergencesWithoutTokens) {
  Cell cell;
  cell.series = {{"kld", {0.5F, 0.25F}}};
  EXPECT_EQ(llm_units_of(cell)->count, 2U);
  EXPECT_THAT(llm_units_of(cell)->decisions, IsEmpty());
  EXPECT_FALSE(llm_units_of(Cell()).has_value());
}

TEST(LlmTexts, TheCommittedSuiteGivesTokensAndTheTextBeforeThem) {
  const auto manifest = load_manifest(ASSAY_SOURCE_DIR "/suites/llm.json", built_in_tasks());
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  const auto texts = read_llm_texts(*manifest);
  const std::string before = texts->context("text-psalm68", 40);
  EXPECT_GT(before.size(), 20U);
  EXPECT_LE(before.size(), 43U) << "40 bytes and a mark for what was cut";
  std::ifstream file(ASSAY_SOURCE_DIR "/datasets/llm/text-psalm68.txt");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_NE(text.find(before.substr(before.find_first_not_of("\xe2\x80\xa6"))), std::string::npos);
  EXPECT_TRUE(texts->decision({.labels = {300}}).has_value());
}

TEST(LlmTexts, WhatIsNotThereIsUnknown) {
  auto manifest = load_manifest(ASSAY_SOURCE_DIR "/suites/llm.json", built_in_tasks()).value();
  for (std::filesystem::path* file : manifest.task->suite_files(manifest.task_part)) {
    *file = "/nowhere/tokenizer.json";
  }
  for (CaseSpec& spec : manifest.cases) {
    spec.golden = "/nowhere/golden.safetensors";
  }
  const auto texts = read_llm_texts(manifest);
  EXPECT_EQ(texts->context("text-psalm68", 1), "");
  EXPECT_FALSE(texts->decision({.labels = {300}}).has_value());
}

}  // namespace
}  // namespace assay::suites
