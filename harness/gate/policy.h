#pragma once

// What a gate lets pass. A file of its own, apart from every measurement, so that any stored run
// can be judged again under another policy without running anything.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <harness/base/result.h>
#include <harness/model/cell.h>
#include <harness/model/metric.h>

namespace assay::gate {

/// How much worse a metric may get. In the unit of the catalogue's comparison: of a ratio 0.02
/// means 2 % worse, of a difference 0.5 is half a unit worse. Empty `variants` or `cases` mean all.
struct Rule {
  std::string metric;
  std::vector<std::string> variants;
  std::vector<std::string> cases;
  double fail = 0;             ///< worse by more than this fails
  std::optional<double> warn;  ///< worse by more than this warns
};

struct Policy {
  std::string name = "default";
  double confidence = 0.95;            ///< of each interval before correction
  double false_discovery_rate = 0.05;  ///< over all time rows of one gate
  double budget_s = 10;  ///< wall time of one side-by-side measurement of a case and variant
  double confirm_budget_s = 20;  ///< the same for the second measurement of a suspect
  bool allow_dirty = true;       ///< a dirty work tree warns; false: what is not clean is refused
  /// What an interval that is too wide to exclude a failing effect means: false: a warning.
  bool fail_inconclusive = false;
  double flip_p_value = 0.01;  ///< McNemar: below it more decisions were lost than chance explains
  std::vector<Rule> rules;     ///< the last one that applies to a metric and cell counts
};

/// What `assay gate` uses without --policy; see docs/guide/gate.md for why each number.
Policy default_policy();

/// A policy file. Errors: kManifest with the JSON pointer for an unknown key, metric or value.
Result<Policy> load_policy(const std::filesystem::path& file);
Result<Policy> parse_policy(std::string_view text, const std::string& name);

/// The policy as the text of a file that load_policy() reads back to an equal one.
std::string policy_to_json(const Policy& policy);

/// The rule that applies; null: the metric is not gated.
const Rule* find_rule(const Policy& policy, std::string_view metric, const CellKey& key);

/// The metrics of latency that a rule applies to, in the order of the catalogue.
std::vector<const MetricInfo*> timed_metrics(const Policy& policy, const CellKey& key);

}  // namespace assay::gate
