#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/pipeline/chain_models.h>

namespace assay::pipeline {
namespace {

using ::testing::HasSubstr;

TEST(ParseMix, VariantsComeWithOrWithoutTheirStage) {
  const ChainMix mix{"int8+int8+int4", "int8", "int8", "int4"};
  EXPECT_EQ(parse_mix("int8,int8,int4").value(), mix);
  EXPECT_EQ(parse_mix("vad=int8,asr=int8,llm=int4").value(), mix);
}

TEST(ParseMix, AnythingElseIsRefused) {
  for (const char* text : {"", "int8", "int8,int8", "a,b,c,d", "a,,c", "asr=a,vad=b,llm=c"}) {
    const Result<ChainMix> mix = parse_mix(text);
    ASSERT_FALSE(mix.ok()) << text;
    EXPECT_THAT(mix.error().message, HasSubstr("such as int8,int8,int4"));
  }
}

ChainModels models_with(std::vector<std::string> asr_variants) {
  ChainModels models;
  models.vad.model.variants = {{.name = "fp32"}};
  models.llm.model.variants = {{.name = "int8"}, {.name = "int4"}};
  for (std::string& name : asr_variants) {
    models.asr.model.variants.push_back({.name = std::move(name)});
  }
  models.asr.name = "asr";
  return models;
}

TEST(ChainModels, TheGridIsEveryCombination) {
  const std::vector<ChainMix> grid = make_grid(models_with({"fp32", "int8"}));
  ASSERT_EQ(grid.size(), 4U);
  EXPECT_EQ(grid[0].name, "fp32+fp32+int8");
  EXPECT_EQ(grid[3].name, "fp32+int8+int4");
}

TEST(ChainModels, AnUnknownVariantIsNamedWithThoseOfItsSuite) {
  const auto variants = find_variants(models_with({"fp32"}), {"m", "fp32", "int2", "int8"});
  EXPECT_THAT(variants.error().message,
              HasSubstr("suite 'asr' has no variant 'int2'; there are: fp32"));
}

}  // namespace
}  // namespace assay::pipeline
