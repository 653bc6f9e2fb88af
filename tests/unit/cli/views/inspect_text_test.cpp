#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/cli/views/inspect_text.h>

namespace assay::cli {
namespace {

using testing::HasSubstr;

inspect::PteFile small_file() {
  inspect::Method method{.name = "forward", .operators = {{"aten::add.out", 2}}};
  method.inputs.push_back({.kind = "tensor", .dtype = "float32", .shape = {2, 3}});
  method.planned_buffer_bytes = {64, 32};
  inspect::PteFile file;
  file.file_bytes = 1000;
  file.methods.push_back(method);
  file.constants["float32"] = {.tensors = 1, .bytes = 400};
  return file;
}

TEST(InspectText, ShowsShapesPlannedMemoryAndOperators) {
  const std::string text = format_pte("x.pte", small_file());
  EXPECT_THAT(text, HasSubstr("x.pte: 1000 bytes"));
  EXPECT_THAT(text, HasSubstr("float32[2,3]"));
  EXPECT_THAT(text, HasSubstr("96 bytes in 2 buffers"));
  EXPECT_THAT(text, HasSubstr("aten::add.out x2"));
}

TEST(InspectText, SaysSoWhenThereAreNoOperatorsAndNoConstants) {
  inspect::PteFile file = small_file();
  file.methods[0].operators.clear();
  file.constants.clear();
  const std::string text = format_pte("x.pte", file);
  EXPECT_THAT(text, HasSubstr("operators outside delegates: none"));
  EXPECT_THAT(text, HasSubstr("no constants"));
}

TEST(InspectJson, HoldsTheSameFacts) {
  const auto parsed = nlohmann::json::parse(pte_json("x.pte", small_file()), nullptr, false);
  ASSERT_FALSE(parsed.is_discarded());
  EXPECT_EQ(parsed["methods"][0]["operators_outside_delegates"]["aten::add.out"], 2);
  EXPECT_EQ(parsed["constants"]["float32"]["bytes"], 400);
}

TEST(InspectJson, IsValidForNamesThatAreNotUtf8) {
  inspect::PteFile file = small_file();
  file.methods[0].name = "\xff\xfe";
  EXPECT_FALSE(nlohmann::json::parse(pte_json("x.pte", file), nullptr, false).is_discarded());
}

}  // namespace
}  // namespace assay::cli
