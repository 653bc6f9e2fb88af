#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <harness/cli/views/llm_text.h>
#include <harness/measure/percentile_support.h>
#include <harness/stats/quantile.h>

namespace assay::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kNsPerMs = 1e6;
constexpr int kMeasureVersion = 1;  ///< of the format "assay-llm-measure"

double milliseconds(std::int64_t ns) { return static_cast<double>(ns) / kNsPerMs; }

struct Percentile {
  std::string_view name;
  std::string_view metric;  ///< whose rule says how many samples it needs
  double quantile = 0;
};
constexpr std::array<Percentile, 3> kPercentiles{{{"p50", "latency_p50_ms", 0.50},
                                                  {"p95", "latency_p95_ms", 0.95},
                                                  {"p99", "latency_p99_ms", 0.99}}};

/// Of the inter-token times, in ms; nothing where there are too few tokens.
std::optional<double> inter_token_ms(const generate::Generation& generation,
                                     const Percentile& percentile) {
  if (generation.inter_token_ns.size() < *measure::runs_needed(percentile.metric)) {
    return std::nullopt;
  }
  std::vector<double> sorted;
  for (const std::int64_t ns : generation.inter_token_ns) {
    sorted.push_back(milliseconds(ns));
  }
  std::ranges::sort(sorted);
  return stats::quantile_sorted(sorted, percentile.quantile);
}

std::string inter_token_text(const generate::Generation& generation) {
  std::vector<std::string> parts;
  for (const Percentile& percentile : kPercentiles) {
    if (const auto value = inter_token_ms(generation, percentile)) {
      parts.push_back(fmt::format("{} {:.2f} ms", percentile.name, *value));
    }
  }
  return parts.empty() ? "" : fmt::format(" (inter-token {})", fmt::join(parts, ", "));
}

}  // namespace

std::string describe_answer(const generate::LlmAnswer& answer,
                            const generate::LanguageModel& model) {
  const generate::Generation& generation = answer.generation;
  const std::string cache =
      model.kv_cache_bytes()
          ? fmt::format("; KV cache {:.2f} MB", static_cast<double>(*model.kv_cache_bytes()) / 1e6)
          : "";
  return fmt::format(
      "prompt: {} tokens, prefill {:.1f} tokens/s, time to first token {:.1f} ms\n"
      "answer: {} tokens, decode {:.1f} tokens/s{}; stopped: {}\n"
      "loaded in {:.0f} ms; {} positions{}\n",
      generation.prompt_tokens, generation.prefill_tokens_per_second(),
      milliseconds(generation.time_to_first_token_ns), generation.tokens.size(),
      generation.decode_tokens_per_second(), inter_token_text(generation),
      generate::stop_reason_name(generation.reason),
      milliseconds(model.load_times().program_ns + model.load_times().method_ns),
      model.max_positions(), cache);
}

std::string answer_json(const generate::LlmAnswer& answer, const generate::LanguageModel& model) {
  const generate::Generation& generation = answer.generation;
  Json inter_token = Json::object();
  for (const Percentile& percentile : kPercentiles) {
    const auto value = inter_token_ms(generation, percentile);
    inter_token[std::string(percentile.name)] = value ? Json(*value) : Json();
  }
  const auto bytes = model.kv_cache_bytes();
  const Json json{{"text", answer.text},
                  {"tokens", generation.tokens},
                  {"stopped", generate::stop_reason_name(generation.reason)},
                  {"prompt_tokens", generation.prompt_tokens},
                  {"time_to_first_token_ms", milliseconds(generation.time_to_first_token_ns)},
                  {"prefill_tokens_per_s", generation.prefill_tokens_per_second()},
                  {"decode_tokens_per_s", generation.decode_tokens_per_second()},
                  {"inter_token_ms", std::move(inter_token)},
                  {"program_load_ms", milliseconds(model.load_times().program_ns)},
                  {"method_load_ms", milliseconds(model.load_times().method_ns)},
                  {"max_positions", model.max_positions()},
                  {"kv_cache_bytes", bytes ? Json(*bytes) : Json()}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string measure_json(const generate::LlmMeasureReport& report) {
  Json prefill = Json::array();
  for (const auto& [length, latency_ns] : report.measured.prefill) {
    prefill.push_back({{"tokens", length}, {"latency_ns", latency_ns}});
  }
  Json decode = Json::array();
  for (const auto& [depth, latency_ns] : report.measured.decode) {
    decode.push_back({{"depth", depth}, {"latency_ns", latency_ns}});
  }
  const Json document{{"format", "assay-llm-measure"},
                      {"version", kMeasureVersion},
                      {"threads", report.threads},
                      {"tokens", report.tokens},
                      {"vocab_size", report.vocab_size},
                      {"max_positions", report.max_positions},
                      {"program_load_ns", report.load_times.program_ns},
                      {"method_load_ns", report.load_times.method_ns},
                      {"prefill", std::move(prefill)},
                      {"decode", std::move(decode)}};
  return document.dump() + "\n";
}

}  // namespace assay::cli
