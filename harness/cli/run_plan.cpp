#include <harness/cli/run_info.h>
#include <harness/cli/run_plan.h>
#include <suites/manifest_parser.h>

namespace assay::cli {

Result<run::RunPlan> plan_from_files(const RunOptions& options) {
  std::vector<SuiteManifest> manifests;
  for (const std::string& file : options.suites) {
    ASSAY_ASSIGN(SuiteManifest manifest, suites::load_manifest(file));
    manifests.push_back(std::move(manifest));
  }
  return run::make_plan(std::move(manifests), options);
}

RunInfo describe_run(const run::RunPlan& plan) {
  RunInfo info = new_run_info();
  info.options = plan.options;
  for (const run::PlannedSuite& suite : plan.suites) {
    const ModelSpec& model = suite.manifest.model;
    info.suite_sha256[suite.manifest.name] = suite.manifest.sha256;
    info.weights[model.name] = model.weights == WeightsKind::kTrained ? "trained" : "seeded";
    for (const VariantSpec& variant : suite.variants) {
      info.recipes[model.name + "/" + variant.name] = variant.recipe;
    }
  }
  return info;
}

}  // namespace assay::cli
