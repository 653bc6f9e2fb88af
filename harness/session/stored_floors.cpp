#include <algorithm>
#include <map>

#include <fmt/ranges.h>

#include <harness/base/hash.h>
#include <harness/session/stored_floors.h>
#include <suites/tolerances.h>

namespace assay::session {
namespace {

/// SHA-256 of the planned cases' goldens. One that cannot be read has none: its cell will say so.
std::map<std::string, std::string> golden_hashes(const run::PlannedSuite& suite) {
  std::map<std::string, std::string> hashes;
  for (const CaseSpec& spec : suite.cases) {
    if (const Result<std::string> sha256 = sha256_file(spec.golden); sha256.ok()) {
      hashes[spec.name] = *sha256;
    }
  }
  return hashes;
}

Status refuse_in_suite(store::Store& store, const run::PlannedSuite& suite) {
  ASSAY_ASSIGN(std::vector<GoldenFloor> floors, store.load_floors(suite.manifest.name));
  if (floors.empty()) {
    return {};
  }
  const auto goldens = golden_hashes(suite);
  std::erase_if(floors, [&](const GoldenFloor& floor) {
    const auto golden = goldens.find(floor.case_name);
    const bool planned = std::ranges::find(suite.variants, floor.variant, &VariantSpec::name) !=
                         suite.variants.end();
    return !planned || floor.model != suite.manifest.model.name || golden == goldens.end() ||
           golden->second != floor.golden_sha256;
  });
  return suites::check_stored_floors(suite.manifest, floors);
}

}  // namespace

std::vector<GoldenFloor> floors_to_store(const SuiteManifest& manifest,
                                         const std::vector<suites::CaseFloor>& floors,
                                         const FloorOrigin& origin) {
  std::vector<GoldenFloor> rows;
  for (const suites::CaseFloor& floor : floors) {
    GoldenFloor row{.suite = manifest.name,
                    .case_name = floor.case_name,
                    .model = manifest.model.name,
                    .variant = floor.variant,
                    .golden_sha256 = floor.golden_sha256,
                    .figure = "",
                    .runs = floor.runs,
                    .threads = fmt::format("{}", fmt::join(origin.threads, ",")),
                    .measured_utc = origin.measured_utc,
                    .machine = origin.machine};
    for (const golden::OutputSpread& output : floor.outputs) {
      row.figure = "output:" + output.output;
      row.floor = output.max_abs;
      rows.push_back(row);
    }
    for (const suites::MetricFloor& metric : floor.metrics) {
      if (!suites::is_level(metric.metric)) {
        row.figure = metric.metric;
        row.floor = metric.floor;
        rows.push_back(row);
      }
    }
  }
  return rows;
}

Status refuse_tight_thresholds(store::Store& store, const run::RunPlan& plan) {
  for (const run::PlannedSuite& suite : plan.suites) {
    ASSAY_TRY(refuse_in_suite(store, suite));
  }
  return {};
}

}  // namespace assay::session
