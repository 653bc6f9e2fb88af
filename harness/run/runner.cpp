#include <algorithm>

#include <fmt/format.h>
#include <sched.h>

#include <harness/run/case_runner.h>
#include <harness/run/runner.h>
#include <harness/run/worker_lane.h>
#include <harness/run/worker_process.h>

namespace assay::run {
namespace {

WorkerOptions worker_options(const PlannedSuite& suite, const RunnerOptions& options) {
  return {.program = options.worker_program,
          .cpus = options.cpus,
          .timeout_s = suite.manifest.measure.timeout_s,
          .memory_limit_bytes = options.memory_limit_bytes};
}

/// Cases of a suite that still have a pending cell.
std::vector<const CaseSpec*> cases_to_run(const PlannedSuite& suite, const RunOptions& run,
                                          const std::set<CellKey>& pending) {
  std::vector<const CaseSpec*> cases;
  for (const CaseSpec& spec : suite.cases) {
    const bool any = std::ranges::any_of(suite.variants, [&](const VariantSpec& variant) {
      return pending.contains(make_cell_key(suite, spec, variant, run));
    });
    if (any) {
      cases.push_back(&spec);
    }
  }
  return cases;
}

/// Memory, and a profile if one is wanted, are measured once a variant, on the first case whose
/// data can be read.
Status run_passes(const PlannedSuite& suite, const suites::TaskAdapter& adapter,
                  const std::vector<const CaseSpec*>& cases, const Lanes& lanes,
                  const RunOptions& run, Profiling profiling, RunObserver& observer,
                  const std::atomic<bool>& stop) {
  for (const CaseSpec* spec : cases) {
    const auto inputs = adapter.make_inputs(*spec);
    if (!inputs.ok()) {
      continue;
    }
    observer.on_start(suite.manifest.name, "memory");
    for (const std::unique_ptr<Lane>& lane : lanes) {
      lane->measure_memory(inputs->inputs);
    }
    if (profiling == Profiling::kOn) {
      observer.on_start(suite.manifest.name, "profile");
      for (const std::unique_ptr<Lane>& lane : lanes) {
        if (stop) {
          return make_error(ErrorCode::kCancelled, "stopped before the profile of '{}'",
                            lane->variant().name);
        }
        ASSAY_TRY(observer.on_profile(lane->measure_profile(
            inputs->inputs, make_cell_key(suite, *spec, lane->variant(), run))));
      }
    }
    return {};
  }
  return {};
}

/// The lanes of all variants; those that the plan has ruled out know it.
Lanes make_lanes(const PlannedSuite& suite, int threads, const RunParts& parts) {
  Lanes lanes;
  for (const VariantSpec& variant : suite.variants) {
    Lane& lane = *lanes.emplace_back(parts.make_lane(suite, variant, threads));
    const auto refusal = suite.refusals.find({variant.name, variant.backend});
    if (refusal != suite.refusals.end()) {
      const auto& [reason, instead] = refusal->second;
      lane.refuse(instead.empty()
                      ? StageFailure{CellStatus::kError, "backend", reason}
                      : StageFailure{CellStatus::kSkipped, "backend",
                                     fmt::format("{}; {} is run instead", reason, instead)});
    }
  }
  return lanes;
}

Status run_suite(const PlannedSuite& suite, const RunPlan& plan, const std::set<CellKey>& pending,
                 Profiling profiling, const RunParts& parts, RunObserver& observer,
                 const std::atomic<bool>& stop) {
  const std::vector<const CaseSpec*> cases = cases_to_run(suite, plan.options, pending);
  if (cases.empty()) {
    return {};
  }
  const auto adapter = parts.make_task(suite.manifest);
  const Lanes lanes = make_lanes(suite, plan.options.threads, parts);
  ASSAY_TRY(run_passes(suite, *adapter, cases, lanes, plan.options, profiling, observer, stop));
  for (const CaseSpec* spec : cases) {
    if (stop) {
      return make_error(ErrorCode::kCancelled, "stopped before case '{}'", spec->name);
    }
    observer.on_start(suite.manifest.name, spec->name);
    ASSAY_ASSIGN(
        const std::vector<Cell> cells,
        run_case(suite, *spec, *adapter, lanes, plan.options,
                 timing_bounds(plan.options, suite.manifest.measure.bounds), *parts.clock, stop));
    for (const Cell& cell : cells) {
      ASSAY_TRY(observer.on_cell(cell));
    }
  }
  return {};
}

}  // namespace

Status run_plan(const RunPlan& plan, const std::set<CellKey>& pending, const RunnerOptions& options,
                RunObserver& observer, const std::atomic<bool>& stop) {
  const Clock& clock = system_clock();
  const RunParts parts{.make_lane = [&](const PlannedSuite& suite, const VariantSpec& variant,
                                        int threads) -> std::unique_ptr<Lane> {
                         return std::make_unique<WorkerLane>(suite.manifest.model, variant, threads,
                                                             worker_options(suite, options),
                                                             start_processes(clock), clock);
                       },
                       .make_task = &suites::make_task_adapter,
                       .clock = &clock};
  return run_plan(plan, pending, options.profile ? Profiling::kOn : Profiling::kOff, parts,
                  observer, stop);
}

Status run_plan(const RunPlan& plan, const std::set<CellKey>& pending, Profiling profiling,
                const RunParts& parts, RunObserver& observer, const std::atomic<bool>& stop) {
  for (const PlannedSuite& suite : plan.suites) {
    ASSAY_TRY(run_suite(suite, plan, pending, profiling, parts, observer, stop));
  }
  return {};
}

std::vector<int> choose_cpus(int count) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  ::sched_getaffinity(0, sizeof(allowed), &allowed);
  std::vector<int> cpus;
  for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && std::ssize(cpus) < count; --cpu) {
    if (CPU_ISSET(static_cast<unsigned>(cpu), &allowed)) {
      cpus.push_back(cpu);
    }
  }
  std::ranges::sort(cpus);
  return cpus;
}

}  // namespace assay::run
