#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <golden/safetensors.h>
#include <tests/fakes/safetensors_bytes.h>

namespace assay::golden {
namespace {

using fakes::safetensors_bytes;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

Result<Safetensors> parse_tensors(const std::string& bytes) {
  return parse_safetensors(std::as_bytes(std::span(bytes)), "a.safetensors");
}

std::string error_of(const std::string& bytes) {
  auto file = parse_tensors(bytes);
  return file.ok() ? "no error" : file.error().message;
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& offsets) {
  return "\"" + name + R"(": {"dtype": ")" + dtype + R"(", "shape": )" + shape +
         R"(, "data_offsets": )" + offsets + "}";
}

TEST(Safetensors, TensorsAndMetadataAreRead) {
  const auto file = parse_tensors(safetensors_bytes(
      {{"kind", "golden"}}, {Tensor::from_floats("b", {2}, std::vector{1.0F, 2.0F}),
                             Tensor::from_floats("a", {1, 3}, std::vector{3.0F, 4.0F, 5.0F})}));
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->metadata.at("kind"), "golden");
  ASSERT_NE(file->find("a"), nullptr);
  EXPECT_THAT(file->find("a")->spec.shape, ElementsAre(1, 3));
  EXPECT_THAT(file->find("a")->to_floats(), ElementsAre(3.0F, 4.0F, 5.0F));
  EXPECT_THAT(file->find("b")->to_floats(), ElementsAre(1.0F, 2.0F));
  EXPECT_EQ(file->find("c"), nullptr);
}

TEST(Safetensors, EveryDtypeHasItsSize) {
  const std::vector<std::pair<std::string, DType>> dtypes{
      {"F64", DType::kFloat64},   {"F32", DType::kFloat32}, {"F16", DType::kFloat16},
      {"BF16", DType::kBFloat16}, {"I64", DType::kInt64},   {"I32", DType::kInt32},
      {"I16", DType::kInt16},     {"I8", DType::kInt8},     {"U8", DType::kUInt8},
      {"BOOL", DType::kBool}};
  for (const auto& [code, dtype] : dtypes) {
    const std::size_t bytes = 3 * dtype_size(dtype);
    const auto file = parse_tensors(
        safetensors_bytes("{" + entry("x", code, "[3]", "[0, " + std::to_string(bytes) + "]") + "}",
                          std::string(bytes, '\0')));
    ASSERT_TRUE(file.ok()) << file.error().message;
    EXPECT_EQ(file->find("x")->spec.dtype, dtype);
  }
}

TEST(Safetensors, ScalarsEmptyTensorsAndNoTensorsAreFine) {
  EXPECT_EQ(error_of(safetensors_bytes("{" + entry("x", "F32", "[]", "[0, 4]") + "}", "abcd")),
            "no error");
  EXPECT_EQ(error_of(safetensors_bytes("{" + entry("x", "F32", "[0, 7]", "[0, 0]") + "}", "")),
            "no error");
  EXPECT_EQ(error_of(safetensors_bytes("{}", "")), "no error");
}

TEST(Safetensors, AFileCutAnywhereIsRefused) {
  const std::string bytes =
      safetensors_bytes({}, {Tensor::from_floats("x", {2}, std::vector{1.0F, 2.0F})});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto file = parse_tensors(bytes.substr(0, size));
    ASSERT_FALSE(file.ok()) << size;
    EXPECT_EQ(file.error().code, ErrorCode::kCorrupt);
  }
}

TEST(Safetensors, ACutInTheTensorsNamesTheTensor) {
  EXPECT_THAT(
      error_of(safetensors_bytes("{" + entry("score", "F32", "[2]", "[0, 8]") + "}", "abcd")),
      AllOf(HasSubstr("/score/data_offsets"), HasSubstr("truncated")));
}

TEST(Safetensors, AHeaderLengthBeyondTheFileIsRefused) {
  EXPECT_THAT(error_of(std::string(8, '\xff') + "{}"), HasSubstr("18446744073709551615 bytes"));
}

TEST(Safetensors, ATextFileIsRefused) {
  EXPECT_THAT(error_of("just some text in a file"), HasSubstr("no safetensors file"));
}

TEST(Safetensors, AHeaderThatIsNoJsonIsRefused) {
  EXPECT_THAT(error_of(safetensors_bytes("{\"x\":", "")), HasSubstr("header: not valid JSON"));
  EXPECT_THAT(error_of(safetensors_bytes("[]", "")), HasSubstr("must be an object"));
}

TEST(Safetensors, ATensorThatIsThereTwiceIsRefused) {
  const std::string x = entry("x", "U8", "[1]", "[0, 1]");
  EXPECT_THAT(error_of(safetensors_bytes("{" + x + "," + x + "}", "a")),
              HasSubstr("'x' is there twice"));
}

TEST(Safetensors, AnUnknownDtypeIsRefused) {
  EXPECT_THAT(error_of(safetensors_bytes("{" + entry("x", "F8", "[1]", "[0, 1]") + "}", "a")),
              AllOf(HasSubstr("/x/dtype"), HasSubstr("F8")));
}

TEST(Safetensors, AShapeThatDoesNotMatchItsBytesIsRefused) {
  EXPECT_THAT(error_of(safetensors_bytes("{" + entry("x", "F32", "[2]", "[0, 4]") + "}", "abcd")),
              HasSubstr("hold 4 bytes, but float32[2] needs 8"));
}

TEST(Safetensors, AShapeWhoseProductOverflowsIsRefused) {
  const std::string shape = "[4294967296, 4294967296, 2]";
  EXPECT_THAT(error_of(safetensors_bytes("{" + entry("x", "F32", shape, "[0, 0]") + "}", "")),
              HasSubstr("too big"));
}

TEST(Safetensors, NegativeAndHugeNumbersAreRefused) {
  const auto with = [](const std::string& shape, const std::string& offsets) {
    return error_of(safetensors_bytes("{" + entry("x", "U8", shape, offsets) + "}", "a"));
  };
  EXPECT_THAT(with("[-1]", "[0, 1]"), HasSubstr("/x/shape/0"));
  EXPECT_THAT(with("[1]", "[-1, 0]"), HasSubstr("/x/data_offsets/0"));
  EXPECT_THAT(with("[1]", "[1, 0]"), HasSubstr("/x/data_offsets/1"));
  EXPECT_THAT(with("[1]", "[0, 18446744073709551615]"), HasSubstr("/x/data_offsets/1"));
  EXPECT_THAT(with("[1.5]", "[0, 1]"), HasSubstr("/x/shape/0"));
  EXPECT_THAT(with("[1]", "[0]"), HasSubstr("[begin, end]"));
}

TEST(Safetensors, OverlappingTensorsAreRefused) {
  const std::string header =
      "{" + entry("x", "U8", "[2]", "[0, 2]") + "," + entry("y", "U8", "[2]", "[1, 3]") + "}";
  EXPECT_THAT(error_of(safetensors_bytes(header, "abc")),
              HasSubstr("tensor 'y' starts at byte 1, but the one before it ends at 2"));
}

TEST(Safetensors, GapsAreRefused) {
  EXPECT_THAT(error_of(safetensors_bytes("{" + entry("x", "U8", "[1]", "[1, 2]") + "}", "ab")),
              HasSubstr("starts at byte 1"));
  EXPECT_THAT(error_of(safetensors_bytes("{" + entry("x", "U8", "[1]", "[0, 1]") + "}", "ab")),
              HasSubstr("end at byte 1, but the file has 2"));
}

TEST(Safetensors, MetadataMustBeStrings) {
  EXPECT_THAT(error_of(safetensors_bytes(R"({"__metadata__": {"a": 1}})", "")),
              HasSubstr("/__metadata__/a: must be a string"));
}

TEST(Safetensors, AnUnknownKeyOfATensorIsRefused) {
  EXPECT_THAT(error_of(safetensors_bytes(R"({"x": {"dtyp": "U8"}})", "")),
              HasSubstr("did you mean 'dtype'"));
}

}  // namespace
}  // namespace assay::golden
