#include <algorithm>
#include <cstring>

#include <golden/comparators.h>
#include <harness/base/hash.h>
#include <suites/model_tensors.h>
#include <suites/tasks/llm/llm_adapter.h>
#include <suites/tasks/llm/llm_scoring.h>
#include <suites/tasks/llm/logit_golden.h>

namespace assay::suites {
namespace {

constexpr std::string_view kLlmTask = "llm";
constexpr std::string_view kTokensInput = "tokens";
constexpr std::string_view kPositionInput = "input_pos";
constexpr std::string_view kLlmLogitsOutput = "logits";

class LlmReference : public Reference {
 public:
  const std::string& golden_sha256() const override { return golden.sha256; }

  bool speed = false;  ///< of the golden only the tokens were used
  std::size_t positions = 0;
  LogitGolden golden;
};

template <class T>
Tensor to_tensor(std::string_view name, const std::vector<T>& values, DType dtype) {
  Tensor tensor{.spec = {.name = std::string(name),
                         .dtype = dtype,
                         .shape = {static_cast<std::int64_t>(values.size())}},
                .data = {}};
  tensor.data.resize(values.size() * sizeof(T));
  std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
  return tensor;
}

/// Which tokens each execution feeds, and where they go in the cache.
struct Feeding {
  std::vector<std::int32_t> tokens;
  std::vector<StepWindow> windows;
  std::size_t setup_count = 0;

  /// Tokens [from, until) in one execution.
  void feed(std::size_t from, std::size_t until) {
    windows.push_back({.offset = from, .length = until - from});
  }
};

/// The golden's tokens, from the first on again where there are too few.
std::vector<std::int32_t> repeated(const std::vector<std::int32_t>& tokens, std::size_t count) {
  std::vector<std::int32_t> result(count);
  for (std::size_t i = 0; i < count; ++i) {
    result[i] = tokens[i % tokens.size()];
  }
  return result;
}

Feeding speed_feeding(const LogitGolden& golden, const LlmSpeed& speed) {
  Feeding feeding;
  if (speed.prefill > 0) {
    feeding.tokens = repeated(golden.tokens, speed.prefill);
    feeding.feed(0, speed.prefill);
    return feeding;
  }
  feeding.tokens = repeated(golden.tokens, speed.depth + speed.decode);
  if (speed.depth > 0) {
    feeding.feed(0, speed.depth);
    feeding.setup_count = 1;
  }
  for (std::size_t i = 0; i < speed.decode; ++i) {
    feeding.feed(speed.depth + i, speed.depth + i + 1);
  }
  return feeding;
}

Feeding text_feeding(const LogitGolden& golden) {
  Feeding feeding;
  const auto first = static_cast<std::size_t>(golden.positions.front());
  const auto last = static_cast<std::size_t>(golden.positions.back());
  feeding.tokens.assign(golden.tokens.begin(),
                        golden.tokens.begin() + static_cast<std::ptrdiff_t>(last + 1));
  if (first > 0) {
    feeding.feed(0, first);
    feeding.setup_count = 1;
  }
  for (std::size_t position = first; position <= last; ++position) {
    feeding.feed(position, position + 1);
  }
  return feeding;
}

Result<LogitGolden> read_logit_golden(const std::filesystem::path& path) {
  ASSAY_ASSIGN(const auto file, golden::read_golden(path));
  if (file.task != "llm") {
    return make_error(ErrorCode::kCorrupt, "golden '{}' is for task {}, not llm", file.name,
                      file.task);
  }
  return parse_logit_golden(file);
}

std::string sha256_of(const std::vector<std::int32_t>& tokens) {
  return sha256_hex(std::as_bytes(std::span(tokens)));
}

std::optional<std::int64_t> constant(const ProgramConstants& constants, const char* name) {
  const auto found = constants.find(name);
  return found == constants.end() || found->second.empty()
             ? std::nullopt
             : std::optional<std::int64_t>(found->second.front());
}

std::vector<float> as_series(const std::vector<std::int32_t>& ids) {
  return {ids.begin(), ids.end()};
}

}  // namespace

Status LlmAdapter::check_model() const {
  const auto& model = manifest_->model;
  const auto limit = static_cast<std::int64_t>(task_->max_seq_len);
  const TensorSpec tokens{
      .name = std::string(kTokensInput), .dtype = DType::kInt64, .shape = {1, limit}};
  const TensorSpec position{
      .name = std::string(kPositionInput), .dtype = DType::kInt64, .shape = {1}};
  for (const TensorSpec& wanted : {tokens, position}) {
    const std::size_t index = index_of(model.inputs, wanted.name);
    if (index == model.inputs.size() || !(model.inputs[index] == wanted)) {
      return model_error(
          *manifest_, kLlmTask,
          fmt::format("feeds an input '{}' that is {}; the manifest says {}", wanted.name,
                      wanted.describe(),
                      index == model.inputs.size() ? "nothing" : model.inputs[index].describe()));
    }
  }
  if (model.inputs.size() != 2 || !model.state.empty()) {
    return model_error(*manifest_, kLlmTask,
                       fmt::format("feeds '{}' and '{}' alone, and carries no state", kTokensInput,
                                   kPositionInput));
  }
  const std::size_t index = index_of(model.outputs, kLlmLogitsOutput);
  if (index == model.outputs.size() || model.outputs[index].dtype != DType::kFloat32 ||
      model.outputs[index].shape.empty() ||
      model.outputs[index].shape.back() != static_cast<std::int64_t>(task_->vocab_size)) {
    return model_error(*manifest_, kLlmTask,
                       fmt::format("needs an output '{}' of float32 with {} logits a token",
                                   kLlmLogitsOutput, task_->vocab_size));
  }
  return {};
}

Result<PreparedInputs> LlmAdapter::make_inputs(const CaseSpec& spec) const {
  ASSAY_TRY(check_model());
  ASSAY_ASSIGN(const LogitGolden golden, read_logit_golden(spec.golden));
  if (golden.tokens.empty()) {
    return make_error(ErrorCode::kCorrupt, "golden '{}' has no tokens", spec.golden.string());
  }
  const auto& speed = spec.task_part.as<LlmCase>().speed;
  Feeding feeding = speed ? speed_feeding(golden, *speed) : text_feeding(golden);
  if (feeding.tokens.size() > task_->max_seq_len) {
    return make_error(ErrorCode::kUsage,
                      "case '{}' needs {} positions, the model's cache has {}; export with a "
                      "larger --max_seq_len, or use a shorter case",
                      spec.name, feeding.tokens.size(), task_->max_seq_len);
  }
  std::vector<std::int64_t> positions;
  for (const StepWindow& window : feeding.windows) {
    positions.push_back(static_cast<std::int64_t>(window.offset));
  }
  const std::vector<std::int64_t> ids(feeding.tokens.begin(), feeding.tokens.end());
  PreparedInputs prepared;
  prepared.inputs.setup_count = feeding.setup_count;
  prepared.inputs.step_count = feeding.windows.size() - feeding.setup_count;
  prepared.inputs.steps_alike = false;  // attention looks at as many tokens as there are before
  prepared.tokens = TokenWork{.prefill = speed && speed->prefill > 0,
                              .tokens_per_step = feeding.windows.back().length};
  const auto& inputs = manifest_->model.inputs;
  prepared.inputs.inputs.push_back({.input = index_of(inputs, kTokensInput),
                                    .stride_elements = 0,
                                    .data = to_tensor(kTokensInput, ids, DType::kInt64),
                                    .windows = std::move(feeding.windows)});
  prepared.inputs.inputs.push_back({.input = index_of(inputs, kPositionInput),
                                    .stride_elements = 1,
                                    .data = to_tensor(kPositionInput, positions, DType::kInt64)});
  prepared.input_sha256 = speed ? sha256_of(feeding.tokens) : sha256_of(golden.tokens);
  return prepared;
}

Result<std::unique_ptr<Reference>> LlmAdapter::load_reference(const CaseSpec& spec,
                                                              const PreparedInputs& inputs) const {
  ASSAY_ASSIGN(const auto file, golden::read_golden(spec.golden));
  auto reference = std::make_unique<LlmReference>();
  ASSAY_ASSIGN(reference->golden, parse_logit_golden(file));
  const LogitGolden& golden = reference->golden;
  reference->speed = spec.task_part.as<LlmCase>().speed.has_value();
  reference->positions = inputs.inputs.step_count;
  const auto differs = [&](std::string_view what, const auto& found, const auto& wanted) {
    return make_error(ErrorCode::kCorrupt,
                      "golden '{}' is for {} {}, not {}; make it again "
                      "(scripts/make_llm_golden.py), or correct the suite",
                      file.name, what, found, wanted);
  };
  if (file.model_sha256 != manifest_->reference.model_sha256) {
    return differs("reference model", file.model_sha256, manifest_->reference.model_sha256);
  }
  if (golden.vocab_size != task_->vocab_size) {
    return differs("a vocabulary of", golden.vocab_size, task_->vocab_size);
  }
  if (!reference->speed && golden.input_sha256 != inputs.input_sha256) {
    return differs("tokens with SHA-256", golden.input_sha256, inputs.input_sha256);
  }
  return std::unique_ptr<Reference>(std::move(reference));
}

std::unique_ptr<Reference> LlmAdapter::reference_from(const Reference& like,
                                                      const CaseOutputs& outputs) const {
  auto reference = std::make_unique<LlmReference>(dynamic_cast<const LlmReference&>(like));
  LogitGolden& golden = reference->golden;
  if (reference->speed) {
    return reference;
  }
  golden.logits = output_values(*manifest_, outputs, kLlmLogitsOutput,
                                golden.positions.size() * golden.vocab_size);
  for (std::size_t row = 0; row < golden.positions.size(); ++row) {
    const auto next = static_cast<std::size_t>(golden.positions[row]) + 1;
    const auto target = static_cast<std::size_t>(golden.tokens[next]);
    const double total = golden::log_sum_exp(golden.dense_row(row));
    golden.target_log_probs[row] =
        static_cast<float>(static_cast<double>(golden.dense_row(row)[target]) - total);
    golden.log_totals[row] = static_cast<float>(total);
  }
  return reference;
}

CaseScores LlmAdapter::score(const Reference& reference, const CaseOutputs& outputs) const {
  const auto& own = dynamic_cast<const LlmReference&>(reference);
  const LogitGolden& golden = own.golden;
  CaseScores result;
  if (own.speed) {
    const auto logits =
        output_values(*manifest_, outputs, kLlmLogitsOutput, own.positions * golden.vocab_size);
    result.scores.push_back({.metric = "nonfinite_count",
                             .value = static_cast<double>(golden::count_nonfinite(logits))});
    return result;
  }
  const auto logits = output_values(*manifest_, outputs, kLlmLogitsOutput,
                                    golden.positions.size() * golden.vocab_size);
  TokenScores tokens = score_tokens(golden, logits);
  result.scores =
      golden.kind == LogitGoldenKind::kGreedy ? greedy_scores(golden, tokens) : text_scores(tokens);
  std::vector<std::int32_t> targets;
  for (const std::int32_t position : golden.positions) {
    targets.push_back(golden.tokens[static_cast<std::size_t>(position) + 1]);
  }
  result.series["token"] = as_series(targets);
  result.series["best_token"] = as_series(tokens.best);
  result.series["golden_best_token"] = as_series(tokens.golden_best);
  result.series["kld"] = std::move(tokens.kld);
  result.series["nll"] = std::move(tokens.nll);
  result.series["golden_nll"] = std::move(tokens.golden_nll);
  result.series["delta_p"] = std::move(tokens.delta_p);
  return result;
}

Status LlmAdapter::check_constants(const ProgramConstants& constants) const {
  const auto vocabulary = constant(constants, "get_vocab_size");
  if (vocabulary && *vocabulary != static_cast<std::int64_t>(task_->vocab_size)) {
    return make_error(ErrorCode::kUsage,
                      "the model's vocabulary has {} tokens, the suite's goldens have {}",
                      *vocabulary, task_->vocab_size);
  }
  const auto positions = constant(constants, "get_max_seq_len");
  if (positions && *positions != static_cast<std::int64_t>(task_->max_seq_len)) {
    return make_error(ErrorCode::kUsage,
                      "the model's cache has {} positions, the suite says {}; export with "
                      "--max_seq_len {}, or correct /llm/max_seq_len",
                      *positions, task_->max_seq_len, task_->max_seq_len);
  }
  return {};
}

std::vector<Score> LlmAdapter::constant_scores(const ProgramConstants& constants) const {
  std::vector<Score> scores;
  if (const auto bytes = constant(constants, "get_kv_cache_bytes")) {
    scores.push_back({.metric = "kv_cache_bytes", .value = static_cast<double>(*bytes)});
  }
  return scores;
}

}  // namespace assay::suites
