// The operators against PyTorch's scaled_dot_product_attention
// (scripts/make/make_kernel_vectors.py).

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include <golden/safetensors.h>
#include <tests/unit/runtime/kernels/operator_call.h>

namespace assay::runtime {
namespace {

using nlohmann::json;

constexpr float kTolerance = 5e-6F;

const golden::Safetensors& vectors() {
  static const golden::Safetensors all =
      golden::read_safetensors(std::filesystem::path(ASSAY_SOURCE_DIR) /
                               "tests/data/kernels/attention.safetensors")
          .value();
  return all;
}

json all_cases() { return json::parse(vectors().metadata.at("cases")); }

std::vector<float> floats(const std::string& name) {
  const assay::Tensor* tensor = vectors().find(name);
  return tensor == nullptr ? std::vector<float>{} : tensor->to_floats();
}

/// One stored call with its buffers.
struct VectorCase {
  json facts;
  int batch, queries, start, heads, kv_heads, head_dim, length;
  std::vector<float> query, key, value, mask, expected, out, key_cache, value_cache;

  explicit VectorCase(const json& described) : facts(described) {
    const auto number = [&](const char* name) { return facts.at(name).get<int>(); };
    batch = number("batch");
    queries = number("queries");
    start = number("start");
    heads = number("heads");
    kv_heads = number("kv_heads");
    head_dim = number("head_dim");
    length = number("cache_length");
    const std::string name = facts.at("name").get<std::string>() + ".";
    query = floats(name + "query");
    key = floats(name + "key");
    value = floats(name + "value");
    mask = floats(name + "mask");
    expected = floats(name + "out");
    out.assign(expected.size(), std::numeric_limits<float>::quiet_NaN());
    key_cache = make_cache(floats(name + "past_keys"));
    value_cache = make_cache(floats(name + "past_values"));
  }

  /// The past, then what must not be read: not a number, or with a mask, which covers it, zeros.
  std::vector<float> make_cache(const std::vector<float>& past) const {
    const auto size = [](int count) { return static_cast<std::ptrdiff_t>(count); };
    const std::ptrdiff_t row = size(kv_heads) * head_dim;
    const float filler = mask.empty() ? std::numeric_limits<float>::quiet_NaN() : 0.0F;
    std::vector<float> cache(static_cast<std::size_t>(size(batch) * length * row), filler);
    for (int b = 0; b < batch; ++b) {
      std::copy_n(past.begin() + b * start * row, start * row, cache.begin() + b * length * row);
    }
    return cache;
  }

  std::vector<int> sizes(int positions, int head_count) const {
    return {batch, positions, head_count, head_dim};
  }

  /// The arguments from start_pos or seq_len on.
  std::vector<EValue> last_arguments(const TensorPtr& mask_tensor, const TensorPtr& out_tensor) {
    return {mask.empty() ? EValue() : EValue(*mask_tensor), 0.0, facts.at("mask") == "causal",
            facts.at("scale").is_null() ? EValue() : EValue(facts.at("scale").get<double>()),
            *out_tensor};
  }

  void expect_out() const {
    float largest = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      ASSERT_FALSE(std::isnan(out[i])) << "at " << i;
      largest = std::max(largest, std::abs(out[i] - expected[i]));
    }
    EXPECT_LT(largest, kTolerance);
  }
};

class LlamaVectors : public testing::TestWithParam<json> {};

TEST_P(LlamaVectors, UpdateCacheAndCustomSdpaGiveWhatPyTorchGave) {
  VectorCase c(GetParam());
  const auto query = float_tensor(c.query, c.sizes(c.queries, c.heads));
  const auto out = float_tensor(c.out, c.sizes(c.queries, c.heads));
  const auto mask = float_tensor(c.mask, {c.queries, c.length});
  const auto keys = float_tensor(c.key_cache, c.sizes(c.length, c.kv_heads));
  const auto values = float_tensor(c.value_cache, c.sizes(c.length, c.kv_heads));
  std::vector<float> nothing(1);
  const auto placeholder = float_tensor(nothing, {1});
  const std::int64_t start = c.start;
  for (const auto& [data, cache] : {std::pair{&c.key, &keys}, std::pair{&c.value, &values}}) {
    const auto row = float_tensor(*data, c.sizes(c.queries, c.kv_heads));
    EXPECT_EQ(call_operator("llama::update_cache.out", {*row, **cache, start, *placeholder}).log,
              "");
  }
  std::vector<EValue> arguments{*query, *keys, *values, start};
  std::ranges::copy(c.last_arguments(mask, out), std::back_inserter(arguments));
  EXPECT_EQ(call_operator("llama::custom_sdpa.out", arguments).log, "");
  c.expect_out();
}

TEST_P(LlamaVectors, SdpaWithKvCacheGivesWhatPyTorchGave) {
  VectorCase c(GetParam());
  const auto query = float_tensor(c.query, c.sizes(c.queries, c.heads));
  const auto key = float_tensor(c.key, c.sizes(c.queries, c.kv_heads));
  const auto value = float_tensor(c.value, c.sizes(c.queries, c.kv_heads));
  const auto out = float_tensor(c.out, c.sizes(c.queries, c.heads));
  const auto mask = float_tensor(c.mask, {c.queries, c.length});
  const auto keys = float_tensor(c.key_cache, c.sizes(c.length, c.kv_heads));
  const auto values = float_tensor(c.value_cache, c.sizes(c.length, c.kv_heads));
  std::vector<EValue> arguments{
      *query, *key, *value, *keys, *values, std::int64_t{c.start}, std::int64_t{c.queries}};
  std::ranges::copy(c.last_arguments(mask, out), std::back_inserter(arguments));
  EXPECT_EQ(call_operator("llama::sdpa_with_kv_cache.out", arguments).log, "");
  c.expect_out();
}

INSTANTIATE_TEST_SUITE_P(Kernels, LlamaVectors, testing::ValuesIn([] {
                           const json cases = all_cases();
                           return std::vector<json>(cases.begin(), cases.end());
                         }()),
                         [](const auto& instance) {
                           std::string name = instance.param.at("name").template get<std::string>();
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(LlamaVectors, ExecuTorchsOwnOperatorsAgreedWithPyTorch) {
  EXPECT_LT(std::stod(vectors().metadata.at("largest_executorch_difference")), 1e-5);
}

}  // namespace
}  // namespace assay::runtime
