#include <algorithm>
#include <optional>
#include <utility>

#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/host/local_probe.h>
#include <harness/run/plan.h>
#include <harness/session/floor_session.h>
#include <harness/session/stored_floors.h>
#include <harness/store/store.h>
#include <suites/manifest/manifest_parser.h>
#include <suites/manifest/suite_finder.h>

namespace assay::session {
namespace {

/// The suite with the variants and cases that were asked for.
Result<run::PlannedSuite> plan_floor(const FloorRequest& request) {
  ASSAY_ASSIGN(SuiteManifest manifest, load_suite(request.suite));
  std::vector<SuiteManifest> manifests;
  manifests.push_back(std::move(manifest));
  ASSAY_ASSIGN(
      run::RunPlan plan,
      run::make_plan(std::move(manifests), {.variants = request.variants, .cases = request.cases}));
  return std::move(plan.suites.front());
}

}  // namespace

bool FloorResult::has_problems() const {
  const bool too_tight = std::ranges::any_of(tolerances, [](const suites::Tolerance& tolerance) {
    return tolerance.verdict == suites::ToleranceVerdict::kTooTight;
  });
  return too_tight || !report.failures.empty();
}

Result<SuiteManifest> load_suite(const std::string& name) {
  ASSAY_ASSIGN(const auto program, program_path());
  ASSAY_ASSIGN(const auto file, suites::find_suite(name, suites::find_suites_folder(program)));
  return suites::load_manifest(file, suites::built_in_tasks());
}

Result<FloorResult> measure_floor(const FloorRequest& request, Progress& progress) {
  if (request.threads.size() * static_cast<std::size_t>(request.loads) < 2) {
    return make_error(ErrorCode::kUsage,
                      "one run has no spread; give --loads 2 or more, or several --threads");
  }
  ASSAY_ASSIGN(const run::PlannedSuite suite, plan_floor(request));
  ASSAY_ASSIGN(const std::filesystem::path program, program_path());
  std::optional<store::Store> store;  // opened first: minutes of measuring must have a place to go
  if (!request.database.empty()) {
    ASSAY_ASSIGN(store, store::Store::open(request.database, store::OpenMode::kReadWrite));
  }
  FloorResult result{
      .manifest = suite.manifest, .threads = request.threads, .loads = request.loads};
  progress.begin(suite.cases.size());
  bool first = true;
  const auto on_case = [&](const std::string& case_name) {
    if (!std::exchange(first, false)) {
      progress.step_done();
    }
    progress.doing(case_name);
  };
  result.report = run::measure_floors(
      suite, {.worker_program = program, .threads = request.threads, .loads = request.loads},
      on_case);
  progress.end();
  result.tolerances = suites::judge_tolerances(suite.manifest, result.report.floors);
  if (store) {
    const FloorOrigin origin{.threads = request.threads,
                             .measured_utc = SystemClock().utc_now(),
                             .machine = machine_identity(host::probe_local())};
    result.kept = store->save_floors(floors_to_store(suite.manifest, result.report.floors, origin));
  }
  return result;
}

}  // namespace assay::session
