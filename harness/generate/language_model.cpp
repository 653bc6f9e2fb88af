#include <algorithm>
#include <cstring>

#include <fmt/ranges.h>

#include <harness/base/clock.h>
#include <harness/generate/language_model.h>

namespace assay::generate {
namespace {

constexpr std::size_t kTokens = 0;
constexpr std::size_t kPosition = 1;
constexpr std::size_t kLogits = 0;

std::string describe(const std::vector<TensorSpec>& specs) {
  std::vector<std::string> parts;
  for (const TensorSpec& spec : specs) {
    parts.push_back(spec.describe());
  }
  return fmt::format("({})", fmt::join(parts, ", "));
}

const std::vector<std::int64_t>* find(const ProgramConstants& constants, const char* name) {
  const auto found = constants.find(name);
  return found == constants.end() || found->second.empty() ? nullptr : &found->second;
}

}  // namespace

Result<LanguageModel> LanguageModel::load(Engine& engine, const LoadRequest& request) {
  LanguageModel model;
  const std::int64_t begin = now_ns();
  ASSAY_TRY(engine.load_program(request));
  const std::int64_t loaded = now_ns();
  ASSAY_ASSIGN(model.session_, engine.load_method(request));
  model.load_times_ = {.program_ns = loaded - begin, .method_ns = now_ns() - loaded};
  ASSAY_TRY(model.read_facts(request));
  ASSAY_ASSIGN(const ProgramConstants constants, engine.read_constants());
  if (const auto* positions = find(constants, "get_max_seq_len")) {
    const auto stated = static_cast<std::size_t>(std::max<std::int64_t>(positions->front(), 1));
    model.max_positions_ =
        model.tokens_at_once_ == 1 ? stated : std::min(model.max_positions_, stated);
  } else if (model.tokens_at_once_ == 1) {
    return make_error(ErrorCode::kUnsupported,
                      "'{}' takes one token at a time and has no method get_max_seq_len, so that "
                      "the size of its cache is unknown",
                      request.pte.string());
  }
  if (const auto* ids = find(constants, "get_eos_ids")) {
    model.eos_ids_ = *ids;
  }
  if (const auto* bytes = find(constants, "get_kv_cache_bytes")) {
    model.kv_cache_bytes_ = bytes->front();
  }
  return model;
}

Status LanguageModel::read_facts(const LoadRequest& request) {
  const MethodFacts& facts = session_->facts();
  const bool inputs_fit =
      facts.inputs.size() == 2 && facts.inputs[kTokens].dtype == DType::kInt64 &&
      facts.inputs[kTokens].shape.size() == 2 && facts.inputs[kTokens].shape[0] == 1 &&
      facts.inputs[kPosition].dtype == DType::kInt64 &&
      facts.inputs[kPosition].element_count() == 1;
  const bool outputs_fit = !facts.outputs.empty() &&
                           facts.outputs[kLogits].dtype == DType::kFloat32 &&
                           facts.outputs[kLogits].shape.size() >= 2;
  if (!inputs_fit || !outputs_fit) {
    return make_error(
        ErrorCode::kUnsupported,
        "'{}' is no language model that assay can run: method '{}' takes {} and gives "
        "{}; needed are (int64[1,N], int64[1]) and float32 logits. Export it with "
        "scripts/export_to_executorch.py, or with ExecuTorch's export_llm and "
        "use_kv_cache",
        request.pte.string(), request.method, describe(facts.inputs), describe(facts.outputs));
  }
  tokens_at_once_ = static_cast<std::size_t>(facts.inputs[kTokens].shape[1]);
  max_positions_ = tokens_at_once_;
  vocab_size_ = static_cast<std::size_t>(facts.outputs[kLogits].shape.back());
  return {};
}

Status LanguageModel::execute(std::span<const std::int32_t> tokens, std::size_t position) {
  const std::vector<std::int64_t> ids(tokens.begin(), tokens.end());
  ASSAY_TRY(session_->resize_input(kTokens, {1, static_cast<std::int64_t>(ids.size())}));
  std::memcpy(session_->input(kTokens).data(), ids.data(), ids.size() * sizeof(std::int64_t));
  const auto start = static_cast<std::int64_t>(position);
  std::memcpy(session_->input(kPosition).data(), &start, sizeof(start));
  return session_->execute();
}

Result<std::span<const float>> LanguageModel::feed(std::span<const std::int32_t> tokens,
                                                   std::size_t position) {
  if (tokens.empty()) {
    return make_error(ErrorCode::kUsage, "no tokens to feed");
  }
  for (const std::int32_t token : tokens) {
    if (token < 0 || static_cast<std::size_t>(token) >= vocab_size_) {
      return make_error(ErrorCode::kUsage, "token id {} is outside the model's vocabulary of {}",
                        token, vocab_size_);
    }
  }
  if (position > max_positions_ || tokens.size() > max_positions_ - position) {
    return make_error(ErrorCode::kUsage,
                      "{} tokens from position {} on do not fit into the model's cache of {} "
                      "positions; export with a larger --max_seq_len",
                      tokens.size(), position, max_positions_);
  }
  for (std::size_t done = 0; done < tokens.size(); done += tokens_at_once_) {
    const auto part = tokens.subspan(done, std::min(tokens_at_once_, tokens.size() - done));
    ASSAY_TRY(execute(part, position + done));
  }
  ASSAY_ASSIGN(const auto bytes, session_->output(kLogits));
  const std::size_t count = bytes.size() / sizeof(float);
  if (count < vocab_size_) {
    return make_error(ErrorCode::kEngine, "the model gave {} logits, not {}", count, vocab_size_);
  }
  const auto* logits = reinterpret_cast<const float*>(bytes.data());
  return std::span(logits, count).last(vocab_size_);
}

}  // namespace assay::generate
