// Which calls are refused, with what words, and that a refused call writes nothing.

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include <tests/unit/runtime/kernels/attention_call.h>

namespace assay::runtime {
namespace {

using executorch::runtime::Error;
using testing::AllOf;
using testing::HasSubstr;

/// Both attentions refuse the call, say so in these words, and leave caches and output alone.
void expect_refused(AttentionCall call, const testing::Matcher<std::string>& words) {
  const AttentionCall before = call;
  for (const CallResult& result : {call.custom_sdpa(), call.sdpa_with_kv_cache()}) {
    EXPECT_EQ(result.code, Error::InvalidArgument);
    EXPECT_THAT(result.log, words);
  }
  EXPECT_EQ(call.key_cache_data, before.key_cache_data);
  EXPECT_EQ(call.value_cache_data, before.value_cache_data);
  EXPECT_EQ(call.out_data, before.out_data);
}

void expect_update_refused(AttentionCall call, const testing::Matcher<std::string>& words) {
  const std::vector<float> before = call.key_cache_data;
  const CallResult result = call.update_key_cache();
  EXPECT_EQ(result.code, Error::InvalidArgument);
  EXPECT_THAT(result.log, words);
  EXPECT_EQ(call.key_cache_data, before);
}

TEST(LlamaKernels, TakeAProperCall) {
  AttentionCall call;
  EXPECT_EQ(call.custom_sdpa().code, Error::Ok);
  EXPECT_EQ(call.sdpa_with_kv_cache().code, Error::Ok);
  EXPECT_EQ(call.update_key_cache().code, Error::Ok);
}

TEST(LlamaKernels, TakeTheLastPositionOfTheCache) {
  AttentionCall call;
  call.start = 9;
  EXPECT_EQ(call.sdpa_with_kv_cache().code, Error::Ok);
}

TEST(LlamaKernels, RefuseAStartPastTheEndOfTheCache) {
  AttentionCall call;
  call.start = 10;
  const auto words = HasSubstr("positions 10 to 10 + 3 - 1 do not fit into a cache of 12");
  expect_refused(call, words);
  expect_update_refused(call, words);
}

TEST(LlamaKernels, RefuseAStartThatWouldOverflow) {
  AttentionCall call;
  call.start = std::numeric_limits<std::int64_t>::max();
  expect_refused(call, HasSubstr("9223372036854775807"));
  expect_update_refused(call, HasSubstr("9223372036854775807"));
}

TEST(LlamaKernels, RefuseANegativeStart) {
  AttentionCall call;
  call.start = -1;
  expect_refused(call, HasSubstr("positions -1 "));
  expect_update_refused(call, HasSubstr("positions -1 "));
}

TEST(LlamaKernels, RefuseMoreQueriesThanTheCacheHolds) {
  AttentionCall call;
  call.start = 0;
  call.query_sizes[1] = call.key_sizes[1] = call.value_sizes[1] = 13;
  expect_refused(call, HasSubstr("0 + 13"));
  expect_update_refused(call, HasSubstr("0 + 13"));
}

TEST(LlamaKernels, RefuseHeadsThatAreNoMultiple) {
  AttentionCall call;
  call.query_sizes[2] = 3;
  expect_refused(call, HasSubstr("query [1, 3, 3, 8] does not go with keys [1, 12, 2, 8]"));
}

TEST(LlamaKernels, RefuseAnotherHeadDim) {
  AttentionCall call;
  call.query_sizes[3] = 16;
  expect_refused(call, HasSubstr("query [1, 3, 4, 16]"));
}

TEST(LlamaKernels, RefuseAnotherBatch) {
  AttentionCall call;
  call.query_sizes[0] = 2;
  expect_refused(call, HasSubstr("query [2, 3, 4, 8]"));
}

TEST(LlamaKernels, RefuseCachesOfTwoLengths) {
  AttentionCall call;
  call.value_cache_sizes[1] = 11;
  expect_refused(call, HasSubstr("values [1, 11, 2, 8]"));
}

TEST(LlamaKernels, RefuseAHeadLongerThanTheTiles) {
  AttentionCall call;
  call.query_sizes = {1, 1, 1, 513};
  call.key_cache_sizes = call.value_cache_sizes = {1, 6, 1, 513};
  call.key_sizes = call.value_sizes = {1, 1, 1, 513};
  expect_refused(call, HasSubstr("head_dim is 513; assay's kernel takes 1 to 512"));
}

TEST(LlamaKernels, RefuseThreeDimensions) {
  AttentionCall call;
  call.query_sizes = {3, 4, 8};
  expect_refused(call, HasSubstr("query is [3, 4, 8] instead of [batch, position, head"));
}

TEST(LlamaKernels, RefuseDropout) {
  AttentionCall call;
  call.dropout = 0.1;
  expect_refused(call, HasSubstr("dropout is 0.1"));
}

TEST(LlamaKernels, RefuseAMaskTogetherWithCausal) {
  AttentionCall call;
  call.mask_sizes = {3, 12};
  expect_refused(call, HasSubstr("exclude each other"));
}

TEST(LlamaKernels, RefuseAMaskOfAnotherShape) {
  AttentionCall call;
  call.is_causal = false;
  call.mask_sizes = {3, 8};  // only the visible part: ExecuTorch's operator aborts on it
  expect_refused(call, AllOf(HasSubstr("mask is [3, 8]"), HasSubstr("[3, 12]")));
  call.mask_sizes = {1, 1, 3, 12};
  expect_refused(call, HasSubstr("mask is [1, 1, 3, 12]"));
}

TEST(LlamaKernels, RefuseABoolMaskAsExecuTorchDoes) {
  AttentionCall call;
  call.is_causal = false;
  call.mask_sizes = {3, 12};
  call.mask_type = ScalarType::Bool;
  expect_refused(call, HasSubstr("the mask is Bool"));
}

TEST(LlamaKernels, WithAMaskTheStartOfARingBufferMayBePastTheEnd) {
  AttentionCall call;
  call.is_causal = false;
  call.mask_sizes = {3, 12};
  call.start = 100;
  EXPECT_EQ(call.custom_sdpa().code, Error::Ok);
}

TEST(LlamaKernels, RefuseKeysOfAnotherCountThanQueries) {
  AttentionCall call;
  call.key_sizes[1] = call.value_sizes[1] = 2;
  const CallResult result = call.sdpa_with_kv_cache();
  EXPECT_EQ(result.code, Error::InvalidArgument);
  EXPECT_THAT(result.log, HasSubstr("equally many positions"));
}

TEST(LlamaKernels, RefuseAnotherType) {
  AttentionCall call;
  const auto half = tensor_over(call.query_data, {1, 3, 4, 8}, ScalarType::Half);
  const auto cache = float_tensor(call.key_cache_data, {1, 12, 2, 8});
  const auto out = float_tensor(call.out_data, {1, 3, 4, 8});
  const CallResult result =
      call_operator("llama::custom_sdpa.out",
                    {*half, *cache, *cache, std::int64_t{0}, EValue(), 0.0, true, EValue(), *out});
  EXPECT_EQ(result.code, Error::InvalidArgument);
  EXPECT_THAT(result.log, HasSubstr("query is Half; assay's kernel takes Float"));
}

TEST(LlamaKernels, RefuseAnotherOrderOfDimensions) {
  AttentionCall call;
  const auto turned = executorch::extension::make_tensor_ptr(
      {1, 3, 4, 8}, call.query_data.data(), {0, 2, 1, 3}, {96, 8, 24, 1}, ScalarType::Float);
  const auto cache = float_tensor(call.key_cache_data, {1, 12, 2, 8});
  const auto out = float_tensor(call.out_data, {1, 3, 4, 8});
  const CallResult result = call_operator(
      "llama::custom_sdpa.out",
      {*turned, *cache, *cache, std::int64_t{0}, EValue(), 0.0, true, EValue(), *out});
  EXPECT_EQ(result.code, Error::InvalidArgument);
  EXPECT_THAT(result.log, HasSubstr("query is not in contiguous order"));
}

TEST(LlamaKernels, ASequenceOfNothingIsNothing) {
  AttentionCall call;
  call.query_sizes[1] = call.key_sizes[1] = call.value_sizes[1] = 0;
  const AttentionCall before = call;
  EXPECT_EQ(call.sdpa_with_kv_cache().code, Error::Ok);
  EXPECT_EQ(call.key_cache_data, before.key_cache_data);
  EXPECT_EQ(call.out_data, before.out_data);
}

TEST(UpdateCache, WritesItsRowsAndNothingElse) {
  AttentionCall call;
  std::vector<float> expected = call.key_cache_data;
  std::copy_n(call.key_data.begin(), 3 * 2 * 8, expected.begin() + 5 * 2 * 8);
  call.update_key_cache();
  EXPECT_EQ(call.key_cache_data, expected);
}

TEST(UpdateCache, KeepsBatchesApart) {
  AttentionCall call;
  call.key_sizes = {2, 3, 2, 8};
  call.key_cache_sizes = {2, 12, 2, 8};
  std::vector<float> expected = call.key_cache_data;
  std::copy_n(call.key_data.begin(), 48, expected.begin() + 80);
  std::copy_n(call.key_data.begin() + 48, 48, expected.begin() + 192 + 80);
  call.update_key_cache();
  EXPECT_EQ(call.key_cache_data, expected);
}

TEST(UpdateCache, LeavesTheBytesAroundTheCacheAlone) {
  constexpr float kCanary = 12345;
  AttentionCall call;
  call.start = 9;  // up to the very end
  const std::size_t cache = 12 * 2 * 8;
  std::fill(call.key_cache_data.begin() + static_cast<std::ptrdiff_t>(cache),
            call.key_cache_data.end(), kCanary);
  EXPECT_EQ(call.sdpa_with_kv_cache().code, Error::Ok);
  for (call.start = 10; call.start < 14; ++call.start) {
    EXPECT_EQ(call.sdpa_with_kv_cache().code, Error::InvalidArgument);
    EXPECT_EQ(call.update_key_cache().code, Error::InvalidArgument);
  }
  EXPECT_TRUE(std::all_of(call.key_cache_data.begin() + static_cast<std::ptrdiff_t>(cache),
                          call.key_cache_data.end(), [](float value) { return value == kCanary; }));
}

TEST(UpdateCache, TakesInt8AsWell) {
  std::vector<std::int8_t> cache(4 * 2 * 3);
  std::vector<std::int8_t> value{1, 2, 3, 4, 5, 6};
  std::vector<float> nothing(1);
  const auto to = tensor_over(cache, {1, 4, 2, 3}, ScalarType::Char);
  const auto from = tensor_over(value, {1, 1, 2, 3}, ScalarType::Char);
  const auto out = float_tensor(nothing, {1});
  EXPECT_EQ(call_operator("llama::update_cache.out", {*from, *to, std::int64_t{2}, *out}).code,
            Error::Ok);
  EXPECT_THAT(std::vector(cache.begin() + 12, cache.begin() + 18),
              testing::ElementsAreArray(value));
}

class UpdateCacheWithIndices : public testing::Test {
 protected:
  CallResult update(std::vector<std::int64_t> positions) {
    const auto to = float_tensor(cache_, {1, 4, 1, 2});
    const auto from = float_tensor(value_, {1, 2, 1, 2});
    const auto where =
        tensor_over(positions, {1, static_cast<int>(positions.size())}, ScalarType::Long);
    return call_operator("llama::update_cache_with_indices.out",
                         {*from, *to, std::int64_t{0}, *where, *from});
  }
  std::vector<float> cache_ = std::vector<float>(8);
  std::vector<float> value_{1, 2, 3, 4};
};

TEST_F(UpdateCacheWithIndices, WritesEachRowToItsPosition) {
  EXPECT_EQ(update({3, 1}).code, Error::Ok);
  EXPECT_THAT(cache_, testing::ElementsAre(0, 0, 3, 4, 0, 0, 1, 2));
}

TEST_F(UpdateCacheWithIndices, RefusesAPositionOutsideBeforeItWrites) {
  for (const std::int64_t outside : {std::int64_t{-1}, std::int64_t{4}}) {
    const CallResult result = update({0, outside});
    EXPECT_EQ(result.code, Error::InvalidArgument);
    EXPECT_THAT(result.log, HasSubstr("is not a position of a cache of 4"));
    EXPECT_THAT(cache_, testing::Each(0.0F));
  }
}

TEST_F(UpdateCacheWithIndices, RefusesIndicesOfAnotherCount) {
  EXPECT_THAT(update({0, 1, 2}).log, HasSubstr("expected a contiguous Long [1, 2]"));
}

TEST(LlamaOperators, AreRegisteredOnceHoweverOftenItIsAsked) {
  register_llama_kernels();
  const std::size_t before = executorch::runtime::get_registered_kernels().size();
  register_llama_kernels();
  EXPECT_EQ(executorch::runtime::get_registered_kernels().size(), before);
  for (const std::string_view name : llama_operators()) {
    EXPECT_TRUE(executorch::runtime::registry_has_op_function(std::string(name).c_str())) << name;
  }
}

TEST(LlamaOperators, ThoseNamedAsMissingAre) {
  for (const std::string_view name : missing_llama_operators()) {
    EXPECT_FALSE(executorch::runtime::registry_has_op_function(std::string(name).c_str())) << name;
  }
}

TEST(LlamaOperators, TheExplanationNamesAnOperatorThatNobodyBrings) {
  const std::string text =
      explain_missing_operators("Missing operator: [0] llama::custom_quantized_sdpa.out");
  EXPECT_THAT(text, HasSubstr("llama::custom_sdpa.out"));
  EXPECT_THAT(text, HasSubstr("llama::custom_quantized_sdpa.out exists only in"));
  EXPECT_THAT(text, testing::Not(HasSubstr("quantized_moe_ffn")));
}

}  // namespace
}  // namespace assay::runtime
