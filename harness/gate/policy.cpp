#include <algorithm>
#include <nlohmann/json.hpp>

#include <harness/base/file.h>
#include <harness/base/json.h>
#include <harness/base/nearest.h>
#include <harness/gate/policy.h>
#include <harness/model/metric.h>

namespace assay::gate {
namespace {

constexpr int kVersion = 1;
constexpr double kMaxSeconds = 24 * 3600;

Result<double> read_between(const JsonValue& value, double low, double high) {
  ASSAY_ASSIGN(const double number, value.as_number());
  if (!(number >= low && number <= high)) {
    return value.error(fmt::format("is {}; it must be from {} to {}", number, low, high));
  }
  return number;
}

Result<bool> read_flag(const JsonValue& value) {
  if (value.shown() != "true" && value.shown() != "false") {
    return value.error(fmt::format("is {}; it must be true or false", value.shown()));
  }
  return value.shown() == "true";
}

Result<std::vector<std::string>> read_names(const JsonValue& rule, std::string_view key) {
  std::vector<std::string> names;
  if (const auto list = rule.find(key)) {
    ASSAY_ASSIGN(const std::vector<JsonValue> items, list->as_nonempty_list());
    for (const JsonValue& item : items) {
      ASSAY_ASSIGN(std::string name, item.as_nonempty_text());
      names.push_back(std::move(name));
    }
  }
  return names;
}

Result<std::string> read_metric(const JsonValue& value) {
  ASSAY_ASSIGN(std::string metric, value.as_nonempty_text());
  if (find_metric(metric) == nullptr) {
    std::vector<std::string> known;
    for (const MetricInfo& info : metric_catalogue()) {
      known.emplace_back(info.id);
    }
    return value.error(
        fmt::format("'{}' is no metric; {}", metric, known_names_hint(metric, known)));
  }
  return metric;
}

Result<Rule> read_rule(const JsonValue& value) {
  ASSAY_TRY(value.expect_object({"metric", "variants", "cases", "fail", "warn"}));
  Rule rule;
  ASSAY_ASSIGN(const JsonValue metric, value.require("metric"));
  ASSAY_ASSIGN(rule.metric, read_metric(metric));
  ASSAY_ASSIGN(rule.variants, read_names(value, "variants"));
  ASSAY_ASSIGN(rule.cases, read_names(value, "cases"));
  ASSAY_ASSIGN(const JsonValue fail, value.require("fail"));
  ASSAY_ASSIGN(rule.fail, read_between(fail, 0, 1e18));
  if (const auto warn = value.find("warn")) {
    ASSAY_ASSIGN(rule.warn, read_between(*warn, 0, rule.fail));
  }
  return rule;
}

bool applies(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

}  // namespace

Policy default_policy() {
  Policy policy;
  const auto add = [&policy](std::string metric, double fail, std::optional<double> warn) {
    policy.rules.push_back({.metric = std::move(metric), .fail = fail, .warn = warn});
  };
  add("latency_p50_ms", 0.01, std::nullopt);
  add("instructions_per_inference", 0.01, 0.005);
  add("memory_peak_bytes", 0.10, 0.05);
  add("memory_load_bytes", 0.10, 0.05);
  add("planned_arena_bytes", 0.01, 0);
  add("pte_bytes", 0.01, 0);
  add("score_max_abs_error", 0.05, 0.01);
  add("score_sqnr_db", 1, 0.2);
  add("score_cosine", 0.001, std::nullopt);
  add("nonfinite_count", 0, std::nullopt);
  add("decision_flip_rate", 0.005, 0);
  add("frame_f1", 0.01, 0.002);
  add("roc_auc", 0.005, 0.001);
  add("segments_lost", 0, std::nullopt);
  return policy;
}

Result<Policy> parse_policy(std::string_view text, const std::string& name) {
  ASSAY_ASSIGN(const JsonValue root, JsonValue::parse(text, name, ErrorCode::kUsage));
  ASSAY_TRY(root.expect_object({"version", "name", "confidence", "false_discovery_rate", "budget_s",
                                "confirm_budget_s", "allow_dirty", "fail_inconclusive",
                                "flip_p_value", "rules"}));
  ASSAY_ASSIGN(const JsonValue version, root.require("version"));
  ASSAY_TRY(version.as_integer(kVersion, kVersion));
  Policy policy;
  const auto number = [&root](std::string_view key, double& field, double low,
                              double high) -> Status {
    if (const auto value = root.find(key)) {
      ASSAY_ASSIGN(field, read_between(*value, low, high));
    }
    return {};
  };
  const auto flag = [&root](std::string_view key, bool& field) -> Status {
    if (const auto value = root.find(key)) {
      ASSAY_ASSIGN(field, read_flag(*value));
    }
    return {};
  };
  if (const auto value = root.find("name")) {
    ASSAY_ASSIGN(policy.name, value->as_nonempty_text());
  }
  ASSAY_TRY(number("confidence", policy.confidence, 0.5, 0.9999));
  ASSAY_TRY(number("false_discovery_rate", policy.false_discovery_rate, 1e-6, 0.5));
  ASSAY_TRY(number("budget_s", policy.budget_s, 0.01, kMaxSeconds));
  ASSAY_TRY(number("confirm_budget_s", policy.confirm_budget_s, 0.01, kMaxSeconds));
  ASSAY_TRY(number("flip_p_value", policy.flip_p_value, 0, 1));
  ASSAY_TRY(flag("allow_dirty", policy.allow_dirty));
  ASSAY_TRY(flag("fail_inconclusive", policy.fail_inconclusive));
  ASSAY_ASSIGN(const JsonValue rules, root.require("rules"));
  ASSAY_ASSIGN(const std::vector<JsonValue> items, rules.as_nonempty_list());
  for (const JsonValue& item : items) {
    ASSAY_ASSIGN(Rule rule, read_rule(item));
    policy.rules.push_back(std::move(rule));
  }
  return policy;
}

Result<Policy> load_policy(const std::filesystem::path& file) {
  ASSAY_ASSIGN(const std::string text, read_text_file(file));
  return parse_policy(text, file.string());
}

std::string policy_to_json(const Policy& policy) {
  // Bound by position, so that a new field cannot be forgotten here: it does not compile.
  const auto& [name, confidence, false_discovery_rate, budget_s, confirm_budget_s, allow_dirty,
               fail_inconclusive, flip_p_value, rules] = policy;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [metric, variants, cases, fail, warn] : rules) {
    nlohmann::ordered_json rule{{"metric", metric}, {"fail", fail}};
    if (warn) {
      rule["warn"] = *warn;
    }
    if (!variants.empty()) {
      rule["variants"] = variants;
    }
    if (!cases.empty()) {
      rule["cases"] = cases;
    }
    list.push_back(std::move(rule));
  }
  const nlohmann::ordered_json json{
      {"version", kVersion},          {"name", name},
      {"confidence", confidence},     {"false_discovery_rate", false_discovery_rate},
      {"budget_s", budget_s},         {"confirm_budget_s", confirm_budget_s},
      {"allow_dirty", allow_dirty},   {"fail_inconclusive", fail_inconclusive},
      {"flip_p_value", flip_p_value}, {"rules", std::move(list)}};
  return json.dump(2) + "\n";
}

const Rule* find_rule(const Policy& policy, std::string_view metric, const CellKey& key) {
  const Rule* found = nullptr;
  for (const Rule& rule : policy.rules) {
    if (rule.metric == metric && applies(rule.variants, key.variant) &&
        applies(rule.cases, key.case_name)) {
      found = &rule;
    }
  }
  return found;
}

std::vector<const MetricInfo*> timed_metrics(const Policy& policy, const CellKey& key) {
  std::vector<const MetricInfo*> metrics;
  for (const MetricInfo& metric : metric_catalogue()) {
    if (metric.group == MetricGroup::kLatency && find_rule(policy, metric.id, key) != nullptr) {
      metrics.push_back(&metric);
    }
  }
  return metrics;
}

}  // namespace assay::gate
