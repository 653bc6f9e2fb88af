#include <algorithm>
#include <functional>
#include <set>

#include <fmt/ranges.h>

#include <harness/model/backend.h>
#include <harness/run/plan.h>

namespace assay::run {
namespace {

/// The items whose name is wanted, in their own order; all when nothing is wanted.
template <class Item>
std::vector<Item> pick(const std::vector<Item>& items, const std::vector<std::string>& wanted) {
  std::vector<Item> picked;
  for (const Item& item : items) {
    if (wanted.empty() || std::ranges::find(wanted, item.name) != wanted.end()) {
      picked.push_back(item);
    }
  }
  return picked;
}

/// Every wanted name must exist in at least one suite.
Status check_known(const std::vector<std::string>& wanted, const std::set<std::string>& known,
                   std::string_view what) {
  for (const std::string& name : wanted) {
    if (!known.contains(name)) {
      return make_error(ErrorCode::kUsage, "no suite of this run has the {} '{}'; there are: {}",
                        what, name, fmt::join(known, ", "));
    }
  }
  return {};
}

/// Finds the variant that is run instead of each one that was refused and not asked for.
void fall_back(PlannedSuite& suite, const std::vector<std::string>& requests,
               std::map<std::string, std::string>& facts) {
  const auto is_refused = [&suite](const VariantSpec& variant) {
    return suite.refusals.contains({variant.name, variant.backend});
  };
  const std::string& model = suite.manifest.model.name;
  for (auto variant = suite.variants.begin(); variant != suite.variants.end(); ++variant) {
    if (!is_refused(*variant) || !requested_backends(requests, model, variant->name).empty()) {
      continue;
    }
    const auto next = std::find_if_not(variant, suite.variants.end(), is_refused);
    if (next != suite.variants.end()) {
      suite.refusals.at({variant->name, variant->backend}).instead = next->name;
      facts[fmt::format("backend:{}/{}", model, variant->name)] +=
          fmt::format("; the suite falls back to {}", next->name);
    }
  }
}

}  // namespace

CellKey make_cell_key(const PlannedSuite& suite, const CaseSpec& spec, const VariantSpec& variant,
                      const RunOptions& options) {
  return {.suite = suite.manifest.name,
          .case_name = spec.name,
          .model = suite.manifest.model.name,
          .variant = variant.name,
          .backend = variant.backend,
          .threads = options.threads,
          .device = options.device};
}

std::vector<CellKey> RunPlan::matrix() const {
  std::vector<CellKey> keys;
  for (const PlannedSuite& suite : suites) {
    for (const CaseSpec& spec : suite.cases) {
      for (const VariantSpec& variant : suite.variants) {
        keys.push_back(make_cell_key(suite, spec, variant, options));
      }
    }
  }
  return keys;
}

Result<RunPlan> make_plan(std::vector<SuiteManifest> manifests, RunOptions options) {
  ASSAY_TRY(check_options(options));
  std::set<std::string> suite_names;
  std::set<std::string> variant_names;
  std::set<std::string> case_names;
  RunPlan plan{.options = std::move(options), .suites = {}, .backend_facts = {}};
  for (SuiteManifest& manifest : manifests) {
    if (!suite_names.insert(manifest.name).second) {
      return make_error(ErrorCode::kUsage, "two suites of this run are named '{}'", manifest.name);
    }
    for (const VariantSpec& variant : manifest.model.variants) {
      variant_names.insert(variant.name);
    }
    for (const CaseSpec& spec : manifest.cases) {
      case_names.insert(spec.name);
    }
    PlannedSuite suite{.manifest = {},
                       .variants = pick(manifest.model.variants, plan.options.variants),
                       .cases = pick(manifest.cases, plan.options.cases),
                       .refusals = {}};
    if (plan.options.sustain_min > 0 && suite.cases.size() > 1) {
      suite.cases.resize(1);  // minutes of load on every case would take hours
    }
    suite.manifest = std::move(manifest);
    plan.suites.push_back(std::move(suite));
  }
  ASSAY_TRY(check_known(plan.options.variants, variant_names, "variant"));
  ASSAY_TRY(check_known(plan.options.cases, case_names, "case"));
  if (plan.matrix().empty()) {
    return make_error(ErrorCode::kUsage,
                      "nothing to run: no suite has both a picked case and a "
                      "picked variant");
  }
  return plan;
}

Status choose_backends(RunPlan& plan, const DeviceBackends& device,
                       const ReadDelegates& read_delegates) {
  const std::vector<std::string>& requests = plan.options.backends;
  std::set<std::string> answered;
  for (PlannedSuite& suite : plan.suites) {
    const std::string& model = suite.manifest.model.name;
    std::vector<VariantSpec> picked;
    for (const VariantSpec& variant : suite.variants) {
      BackendChoice choice = choose_backends(suite.manifest, variant,
                                             requested_backends(requests, model, variant.name),
                                             device, read_delegates);
      plan.backend_facts[fmt::format("backend:{}/{}", model, variant.name)] =
          std::move(choice.words);
      for (BackendPick& pick : choice.picks) {
        for (const std::string& text : requests) {
          const BackendRequest request = parse_backend_request(text);
          if (request.backend == pick.variant.backend && request.is_for(model, variant.name)) {
            answered.insert(text);
          }
        }
        if (!pick.refusal.empty()) {
          suite.refusals[{variant.name, pick.variant.backend}] = {std::move(pick.refusal), {}};
        }
        picked.push_back(std::move(pick.variant));
      }
    }
    suite.variants = std::move(picked);
    if (suite.manifest.fallback) {
      fall_back(suite, requests, plan.backend_facts);
    }
  }
  for (const std::string& request : requests) {
    if (!answered.contains(request)) {
      return make_error(
          ErrorCode::kUsage,
          "no variant of this run has a .pte for the backend '{}'; export one and name "
          "it under \"other_backends\" of the variant (docs/guide/backends.md)",
          request);
    }
  }
  return {};
}

}  // namespace assay::run
