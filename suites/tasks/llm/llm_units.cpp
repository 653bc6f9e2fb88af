#include <algorithm>
#include <array>
#include <map>

#include <harness/model/tokenizer.h>
#include <runtime/tokenizer/open_tokenizer.h>
#include <suites/stored_series.h>
#include <suites/tasks/llm/llm_manifest.h>
#include <suites/tasks/llm/llm_units.h>
#include <suites/tasks/llm/logit_golden.h>

namespace assay::suites {
namespace {

constexpr std::array kLlmMeans{UnitMetric{"kld_mean", "kld", ""},
                               UnitMetric{"delta_p_mean", "delta_p", ""}};
constexpr std::array kLlmColumns{
    NamedMetric{"prefill_tokens_per_s", "prefill"}, NamedMetric{"decode_tokens_per_s", "decode"},
    NamedMetric{"kld_mean", "mean KLD"}, NamedMetric{"top1_agreement", "same top token"},
    NamedMetric{"perplexity_ratio", "perplexity ratio"}};
constexpr std::array kLlmCards{NamedMetric{"kld_mean", "Mean KLD"},
                               NamedMetric{"perplexity_ratio", "Perplexity ratio"}};

constexpr UnitKind kLlmUnit{.singular = "token",
                            .plural = "tokens",
                            .flips = "differs",
                            .flips_many = "differ",
                            .title = "Tokens that differ",
                            .list_key = "tokens",
                            .summary_key = "token_summary",
                            .index_key = "position",
                            .context = {.title = "after", .key = "before", .width = 42},
                            .reference = {.title = "reference", .key = "golden", .width = 12},
                            .decision_width = 12,
                            .error = {.title = "KLD", .key = "kld", .width = 7},
                            .error_unit = "nats",
                            .means = kLlmMeans,
                            .columns = kLlmColumns,
                            .cards = kLlmCards,
                            .output_series = "nll"};

/// As much of the text before a position as fits a table.
constexpr std::size_t kContextBytes = 40;

std::vector<UnitDecision> tokens_of(const std::vector<float>* ids) {
  std::vector<UnitDecision> decisions;
  if (ids != nullptr) {
    for (const float id : *ids) {
      decisions.push_back({.labels = {static_cast<std::int32_t>(id)}});
    }
  }
  return decisions;
}

std::string end_of(std::string_view text) {
  std::size_t begin = text.size() > kContextBytes ? text.size() - kContextBytes : 0;
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) {
    ++begin;  // not in the middle of a character
  }
  return (begin > 0 ? "…" : "") + std::string(text.substr(begin));
}

class LlmTexts : public UnitTexts {
 public:
  explicit LlmTexts(const SuiteManifest& manifest) {
    const auto& tokenizer = manifest.task_part.as<LlmSuite>().tokenizer;
    if (!tokenizer.empty()) {
      auto opened = tokenizer::open_tokenizer(tokenizer);
      tokenizer_ = opened.ok() ? std::move(opened).value() : nullptr;
    }
    for (const CaseSpec& spec : manifest.cases) {
      if (spec.task_part.as<LlmCase>().speed) {
        continue;
      }
      const auto file = golden::read_golden(spec.golden);
      if (!file.ok() || file->task != "llm") {
        continue;
      }
      if (auto golden = parse_logit_golden(*file); golden.ok()) {
        goldens_.emplace(spec.name, std::move(golden).value());
      }
    }
  }

  std::string context(const std::string& case_name, std::size_t unit) const override {
    const auto found = goldens_.find(case_name);
    if (found == goldens_.end() || unit >= found->second.positions.size()) {
      return "";
    }
    const LogitGolden& golden = found->second;
    const auto last = static_cast<std::size_t>(golden.positions[unit]);
    if (last >= golden.token_ends.size()) {
      return "";
    }
    const auto end = static_cast<std::size_t>(std::max(golden.token_ends[last], 0));
    return end_of(std::string_view(golden.text).substr(0, end));
  }

  std::optional<std::string> decision(const UnitDecision& decision) const override {
    if (tokenizer_ == nullptr || decision.labels.empty()) {
      return std::nullopt;
    }
    auto bytes = tokenizer_->piece_bytes(decision.labels.front());
    return bytes.ok() && !bytes->empty() ? std::optional(std::move(bytes).value()) : std::nullopt;
  }

 private:
  std::unique_ptr<Tokenizer> tokenizer_;
  std::map<std::string, LogitGolden> goldens_;
};

}  // namespace

const UnitKind& llm_unit() { return kLlmUnit; }

std::optional<UnitTable> llm_units_of(const Cell& cell) {
  const std::vector<float>* distances = find_stored_series(cell, "kld");
  if (distances == nullptr) {
    return std::nullopt;
  }
  const std::size_t count = distances->size();
  return UnitTable{
      .kind = &kLlmUnit,
      .count = count,
      .decisions = tokens_of(find_stored_series(cell, "best_token", count)),
      .reference = tokens_of(find_stored_series(cell, "golden_best_token", count)),
      .errors = {distances->begin(), distances->end()},
  };
}

std::unique_ptr<UnitTexts> read_llm_texts(const SuiteManifest& manifest) {
  return std::make_unique<LlmTexts>(manifest);
}

}  // namespace assay::suites
