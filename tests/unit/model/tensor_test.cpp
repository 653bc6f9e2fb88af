#include <gtest/gtest.h>

#include <harness/model/tensor.h>

namespace assay {
namespace {

TEST(DType, NameAndValueAreInverse) {
  EXPECT_EQ(dtype_from_name("bfloat16"), DType::kBFloat16);
  EXPECT_EQ(dtype_name(DType::kBFloat16), "bfloat16");
  EXPECT_EQ(dtype_from_name("complex64"), std::nullopt);
}

TEST(TensorSpec, DescribesItselfAsDtypeAndShape) {
  const TensorSpec spec{"chunk", DType::kFloat32, {1, 576}};
  EXPECT_EQ(spec.describe(), "float32[1,576]");
  EXPECT_EQ(spec.byte_count(), 576U * 4);
}

TEST(TensorSpec, AScalarHasOneElement) {
  EXPECT_EQ((TensorSpec{"x", DType::kInt64, {}}.element_count()), 1U);
}

TEST(Tensor, FloatsComeBackAsTheyWentIn) {
  const std::vector<float> values{1.5F, -2.0F, 0.0F};
  EXPECT_EQ(Tensor::from_floats("x", {3}, values).to_floats(), values);
}

}  // namespace
}  // namespace assay
