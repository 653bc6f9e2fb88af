#include <harness/host/local_probe.h>
#include <harness/session/device_backends.h>
#include <harness/session/run_info.h>
#include <harness/session/run_plan.h>
#include <runtime/engine/runtime_facts.h>
#include <suites/manifest/manifest_parser.h>

namespace assay::session {

Result<run::RunPlan> plan_from_files(const RunOptions& options, suites::TaskList tasks) {
  std::vector<SuiteManifest> manifests;
  for (const std::string& file : options.suites) {
    ASSAY_ASSIGN(SuiteManifest manifest, suites::load_manifest(file, tasks));
    manifests.push_back(std::move(manifest));
  }
  return run::make_plan(std::move(manifests), options);
}

Status choose_local_backends(run::RunPlan& plan) {
  return run::choose_backends(
      plan, device_backends(host::probe_local(), runtime::read_runtime_facts()), needed_delegates);
}

RunInfo describe_run(const run::RunPlan& plan) {
  RunInfo info = new_run_info();
  info.options = plan.options;
  info.device_facts = plan.backend_facts;
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

}  // namespace assay::session
