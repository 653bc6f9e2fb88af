#include <algorithm>
#include <limits>
#include <span>

#include <fmt/format.h>

#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/base/json.h>
#include <harness/generate/llm_measure.h>

namespace assay::generate {
namespace {

using Tokens = std::span<const std::int32_t>;

Result<std::int64_t> time_feed(LanguageModel& model, Tokens tokens, std::size_t position) {
  const std::int64_t begin = now_ns();
  ASSAY_TRY(model.feed(tokens, position));
  return now_ns() - begin;
}

/// The caches of processor and allocator, and the weights that are paged in on first use.
Status warm_up(LanguageModel& model, Tokens tokens, const LlmMeasurePlan& plan) {
  for (const std::size_t length : plan.prefill) {
    ASSAY_TRY(model.feed(tokens.first(length), 0));
  }
  if (!plan.decode_at.empty()) {
    ASSAY_TRY(model.feed(tokens.first(1), 0));
  }
  return {};
}

Result<std::vector<std::int64_t>> time_decode(LanguageModel& model, Tokens tokens,
                                              std::size_t depth, std::size_t count) {
  if (depth > 0) {
    ASSAY_TRY(model.feed(tokens.first(depth), 0));
  }
  std::vector<std::int64_t> latencies;
  for (std::size_t position = depth; position < depth + count; ++position) {
    ASSAY_ASSIGN(const std::int64_t latency,
                 time_feed(model, tokens.subspan(position, 1), position));
    latencies.push_back(latency);
  }
  return latencies;
}

}  // namespace

Result<std::vector<std::int32_t>> parse_token_ids(std::string_view text, const std::string& name) {
  ASSAY_ASSIGN(const JsonValue document, JsonValue::parse(text, name, ErrorCode::kUsage));
  ASSAY_ASSIGN(const auto list, document.as_nonempty_list());
  std::vector<std::int32_t> tokens;
  for (const JsonValue& value : list) {
    ASSAY_ASSIGN(const std::int64_t id,
                 value.as_integer(0, std::numeric_limits<std::int32_t>::max()));
    tokens.push_back(static_cast<std::int32_t>(id));
  }
  return tokens;
}

Status check_positions(std::size_t needed, const std::string& what, std::size_t tokens,
                       std::size_t max_positions) {
  if (needed > tokens) {
    return make_error(ErrorCode::kUsage, "{} needs {} tokens; the file has {}", what, needed,
                      tokens);
  }
  if (needed > max_positions) {
    return make_error(ErrorCode::kUsage,
                      "{} needs {} positions; the model's cache has {}; export with a larger "
                      "--max_seq_len",
                      what, needed, max_positions);
  }
  return {};
}

Status check_plan(const LlmMeasurePlan& plan, std::size_t tokens, std::size_t max_positions) {
  for (const std::size_t length : plan.prefill) {
    ASSAY_TRY(check_positions(length, fmt::format("--prefill {}", length), tokens, max_positions));
  }
  for (const std::size_t depth : plan.decode_at) {
    const std::string what =
        fmt::format("--decode-at {} with --decode-tokens {}", depth, plan.decode_tokens);
    ASSAY_TRY(check_positions(depth + plan.decode_tokens, what, tokens, max_positions));
  }
  return {};
}

Result<LlmMeasurement> measure_language_model(LanguageModel& model,
                                              const std::vector<std::int32_t>& tokens,
                                              const LlmMeasurePlan& plan) {
  ASSAY_TRY(check_plan(plan, tokens.size(), model.max_positions()));
  const Tokens all(tokens);
  ASSAY_TRY(warm_up(model, all, plan));
  LlmMeasurement measured;
  for (const std::size_t length : plan.prefill) {
    measured.prefill.push_back({.tokens = length, .latency_ns = {}});
  }
  for (const std::size_t depth : plan.decode_at) {
    measured.decode.push_back({.depth = depth, .latency_ns = {}});
  }
  for (std::size_t repetition = 0; repetition < plan.repeat; ++repetition) {
    for (LlmMeasurement::Prefill& prefill : measured.prefill) {
      ASSAY_ASSIGN(const std::int64_t latency, time_feed(model, all.first(prefill.tokens), 0));
      prefill.latency_ns.push_back(latency);
    }
    for (LlmMeasurement::Decode& decode : measured.decode) {
      ASSAY_ASSIGN(auto latencies, time_decode(model, all, decode.depth, plan.decode_tokens));
      decode.latency_ns.push_back(std::move(latencies));
    }
  }
  return measured;
}

Result<LlmMeasureReport> measure_files(const LlmMeasureRequest& request,
                                       EngineFactory make_engine) {
  ASSAY_ASSIGN(const std::string text, read_text_file(request.tokens));
  ASSAY_ASSIGN(const auto tokens, parse_token_ids(text, request.tokens.string()));
  const std::unique_ptr<Engine> engine = make_engine();
  ASSAY_ASSIGN(auto model,
               LanguageModel::load(*engine, {.pte = request.model, .threads = request.threads}));
  // All of them before the first measurement: an id that is wrong would be found at its turn only.
  const auto outside = std::ranges::find_if(tokens, [&](std::int32_t token) {
    return static_cast<std::size_t>(token) >= model.vocab_size();
  });
  if (outside != tokens.end()) {
    return make_error(
        ErrorCode::kUsage, "{}: /{}: token id {} is outside the model's vocabulary of {}",
        request.tokens.string(), outside - tokens.begin(), *outside, model.vocab_size());
  }
  const bool wants_logits = !request.logits.empty();
  if (wants_logits) {
    ASSAY_TRY(check_positions(tokens.size(), "--logits", tokens.size(), model.max_positions()));
  }
  LlmMeasureReport report{.threads = request.threads,
                          .tokens = tokens.size(),
                          .vocab_size = model.vocab_size(),
                          .max_positions = model.max_positions(),
                          .load_times = model.load_times()};
  ASSAY_ASSIGN(report.measured, measure_language_model(model, tokens, request.plan));
  if (wants_logits) {
    ASSAY_ASSIGN(const std::string logits, all_logits(model, tokens));
    ASSAY_TRY(write_file_atomically(request.logits, logits));
  }
  return report;
}

Result<std::string> all_logits(LanguageModel& model, const std::vector<std::int32_t>& tokens) {
  std::string bytes;
  bytes.reserve(tokens.size() * model.vocab_size() * sizeof(float));
  for (std::size_t position = 0; position < tokens.size(); ++position) {
    ASSAY_ASSIGN(const auto logits, model.feed(Tokens(tokens).subspan(position, 1), position));
    bytes.append(reinterpret_cast<const char*>(logits.data()), logits.size_bytes());
  }
  return bytes;
}

}  // namespace assay::generate
