#include <algorithm>
#include <future>
#include <set>
#include <thread>

#include <fmt/format.h>

#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/base/temporary_folder.h>
#include <harness/campaign/campaign.h>
#include <harness/campaign/device_files.h>
#include <harness/campaign/device_plan.h>
#include <harness/session/cache_folder.h>
#include <harness/session/run_info.h>
#include <harness/session/run_plan.h>
#include <harness/store/store.h>
#include <suites/manifest/suite_finder.h>

namespace assay::campaign {
namespace {

namespace fs = std::filesystem;

/// One device's part of the campaign.
struct Lane {
  device::LaneJob job;
  std::int64_t run_id = 0;
  std::string problem;  ///< why it must not even be tried; empty: nothing
  /// "backend:MODEL/VARIANT" -> what was chosen here; the device only knows what it was told.
  device::DeviceFacts backend_facts;
  device::LaneOutcome outcome;
  Status stored;  ///< whether what came back could be stored
};

/// The backends of a stored matrix. A run goes on with what it was planned for, also when its
/// device did not answer then.
std::vector<std::string> planned_backends(const std::vector<Cell>& cells) {
  std::set<std::string> requests;
  for (const Cell& cell : cells) {
    if (cell.status != CellStatus::kSkipped) {  // the wish list decides again, as it did
      requests.insert(fmt::format("{}/{}={}", cell.key.model, cell.key.variant, cell.key.backend));
    }
  }
  return {requests.begin(), requests.end()};
}

/// What is to run, with names resolved on this machine.
struct Wanted {
  RunOptions options;
  std::string revision;  ///< a full commit, or empty
};

Result<Wanted> resolve(const CampaignRequest& request) {
  if (!request.run.worker.empty()) {
    return make_error(ErrorCode::kUsage,
                      "--worker names a program of this machine; a device needs "
                      "a kit (scripts/device_kit)");
  }
  Wanted wanted;
  if (request.run.resume.empty()) {
    ASSAY_ASSIGN(wanted.options, session::with_suite_files(request.run));
  }
  ASSAY_ASSIGN(wanted.revision, session::resolve_revision(request.run.revision, {}));
  return wanted;
}

/// What the run is called in the device's own database: as it is in this one.
std::vector<std::string> name_words(const RunInfo& info) {
  std::vector<std::string> words{"--uuid", info.uuid, "--campaign", info.campaign};
  if (!info.revision.empty()) {
    words.insert(words.end(), {"--revision", info.revision});
  }
  return words;
}

/// Prepares lanes: plans, run rows, files.
class Preparation {
 public:
  Preparation(const CampaignRequest& request, const Wanted& wanted, const TemporaryFolder& inbox,
              store::Store& store)
      : request_(request),
        wanted_(wanted),
        inbox_(inbox),
        store_(store),
        campaign_(session::new_run_info().uuid) {}

  Result<std::vector<Lane>> lanes() {
    ASSAY_ASSIGN(const std::vector<device::DeviceSpec> devices, choose_devices(request_.choice));
    if (!request_.run.resume.empty() && devices.size() != 1) {
      return make_error(ErrorCode::kUsage, "--resume goes on with one run: name its device alone");
    }
    const std::vector<std::string> problems = device::find_shared_targets(devices);
    std::vector<Lane> lanes;
    if (!request_.run.resume.empty()) {
      ASSAY_ASSIGN(Lane lane, resume(devices.front()));
      lanes.push_back(std::move(lane));
      return lanes;
    }
    std::vector<Result<run::RunPlan>> plans = plan_all(devices);
    for (std::size_t i = 0; i < devices.size(); ++i) {
      ASSAY_ASSIGN(const run::RunPlan plan, std::move(plans[i]));
      ASSAY_ASSIGN(Lane lane, begin(devices[i], plan));
      lane.problem = problems[i];
      lanes.push_back(std::move(lane));
    }
    return lanes;
  }

 private:
  /// All at once: one that does not answer must not keep the others waiting.
  std::vector<Result<run::RunPlan>> plan_all(const std::vector<device::DeviceSpec>& devices) {
    std::vector<std::future<Result<run::RunPlan>>> asked;
    for (const device::DeviceSpec& device : devices) {
      asked.push_back(std::async(std::launch::async, [this, &device] {
        RunOptions options = wanted_.options;
        options.device = device.name;
        return plan_for_device(options, device, request_.choice);
      }));
    }
    std::vector<Result<run::RunPlan>> plans;
    for (std::future<Result<run::RunPlan>>& one : asked) {
      plans.push_back(one.get());
    }
    return plans;
  }

  Result<Lane> begin(const device::DeviceSpec& device, const run::RunPlan& plan) {
    RunInfo info = session::describe_run(plan);
    info.campaign = campaign_;
    info.revision = wanted_.revision;
    info.fingerprint = unreadable_fingerprint();  // until the device's own run is merged
    Lane lane;
    ASSAY_ASSIGN(lane.run_id, store_.begin_run(info, plan.matrix()));
    lane.backend_facts = plan.backend_facts;
    ASSAY_ASSIGN(lane.job, make_job(device, plan, info));
    return lane;
  }

  Result<Lane> resume(const device::DeviceSpec& device) {
    Lane lane;
    ASSAY_ASSIGN(lane.run_id, store_.find_run(request_.run.resume));
    ASSAY_ASSIGN(const RunRecord record, store_.load_run(lane.run_id, store::Detail::kScores));
    if (record.info.options.device != device.name) {
      return make_error(ErrorCode::kUsage, "run {} is of device '{}', not of '{}'", lane.run_id,
                        record.info.options.device, device.name);
    }
    RunOptions options = resumed_options(record.info.options, request_.run.options);
    options.backends = planned_backends(record.cells);
    ASSAY_ASSIGN(const run::RunPlan plan, plan_for_device(options, device, request_.choice));
    if (session::describe_run(plan).suite_sha256 != record.info.suite_sha256) {
      return make_error(ErrorCode::kUsage,
                        "a suite of run {} has changed since it began; start a new run",
                        lane.run_id);
    }
    for (const auto& [key, words] : record.info.device_facts) {
      if (key.starts_with("backend:")) {
        lane.backend_facts[key] = words;
      }
    }
    ASSAY_ASSIGN(lane.job, make_job(device, plan, record.info));
    return lane;
  }

  Result<device::LaneJob> make_job(const device::DeviceSpec& device, const run::RunPlan& plan,
                                   const RunInfo& info) {
    ASSAY_ASSIGN(const fs::path program, program_path());
    const fs::path cache = session::cache_folder(suites::find_suites_folder(program));
    ASSAY_ASSIGN(DeviceFiles files, collect_device_files(plan, cache / "device-hashes.json"));
    device::LaneJob job{.device = device,
                        .uuid = info.uuid,
                        .files = std::move(files.files),
                        .arguments = device_arguments(plan.options, files.suites),
                        .database = inbox_.path() / (info.uuid + ".db"),
                        .find_kit = [choice = request_.choice, device](const std::string& arch) {
                          return kit_of(device, choice, arch);
                        }};
    std::ranges::copy(name_words(info), std::back_inserter(job.arguments));
    job.arguments.emplace_back("--no-artifacts");
    return job;
  }

  const CampaignRequest& request_;
  const Wanted& wanted_;
  const TemporaryFolder& inbox_;
  store::Store& store_;
  std::string campaign_;
};

Status merge_database(store::Store& store, const Lane& lane) {
  // Opened for writing first: a killed run left a log beside it, a kit of an older assay an older
  // schema.
  const auto settled = store::Store::open(lane.job.database, store::OpenMode::kReadWrite);
  if (!settled.ok()) {
    return settled.error();
  }
  const auto merged = store.merge_database(lane.job.database);
  return merged.ok() ? Status() : merged.error();
}

/// Stores what a lane brought back: its cells, its facts, and for what is missing the reason.
Status store_outcome(Lane& lane, const fs::path& db) {
  ASSAY_ASSIGN(store::Store store, store::Store::open(db, store::OpenMode::kReadWrite));
  device::LaneOutcome& outcome = lane.outcome;
  if (outcome.has_database) {
    const Status merged = merge_database(store, lane);
    if (!merged.ok() && outcome.failed_stage.empty()) {
      outcome.failed_stage = "merge";
      outcome.reason = merged.error().message;
    }
  }
  ASSAY_TRY(store.save_device_facts(lane.run_id, outcome.facts));
  ASSAY_TRY(store.save_device_facts(lane.run_id, lane.backend_facts));
  if (!outcome.failed_stage.empty() && !outcome.stopped) {
    const auto failed =
        store.fail_pending(lane.run_id, "device:" + outcome.failed_stage, outcome.reason);
    if (!failed.ok()) {
      return failed.error();
    }
  }
  return store.finish_run(
      lane.run_id, outcome.failed_stage.empty() ? RunState::kFinished : RunState::kInterrupted,
      SystemClock().utc_now());
}

void drive(Lane& lane, const fs::path& db, device::LaneObserver& observer,
           const std::atomic<bool>& stop) {
  if (lane.problem.empty()) {
    lane.outcome = device::run_lane(lane.job, observer, stop);
  } else {
    lane.outcome.failed_stage = "connect";
    lane.outcome.reason = lane.problem;
  }
  lane.stored = store_outcome(lane, db);
  if (!lane.stored.ok()) {
    observer.note(lane.job.device.name, "cannot be stored: " + lane.stored.error().message);
  }
}

Result<DeviceOutcome> summarize(store::Store& store, const Lane& lane) {
  constexpr std::size_t kMostLines = 10;
  ASSAY_ASSIGN(const RunRecord record, store.load_run(lane.run_id, store::Detail::kScores));
  DeviceOutcome summary{.device = lane.job.device.name,
                        .run_id = lane.run_id,
                        .failures = {},
                        .backends = lane.backend_facts,
                        .failed_stage = lane.outcome.failed_stage,
                        .stopped = lane.outcome.stopped,
                        .stored = lane.stored.ok()};
  for (const Cell& cell : record.cells) {
    ++summary.cells;
    if (cell.status == CellStatus::kPass) {
      ++summary.passed;
    } else if (cell.status == CellStatus::kSkipped) {
      ++summary.skipped;
    } else if (summary.failures.size() < kMostLines) {
      summary.failures.push_back(fmt::format("{}/{}/{}: {}{}{}", cell.key.suite, cell.key.case_name,
                                             cell.key.variant, cell_status_name(cell.status),
                                             cell.stage.empty() ? "" : " in " + cell.stage,
                                             cell.reason.empty() ? "" : ": " + cell.reason));
    }
  }
  return summary;
}

}  // namespace

Result<std::vector<DeviceOutcome>> run_on_devices(const CampaignRequest& request,
                                                  device::LaneObserver& observer,
                                                  const std::atomic<bool>& stop) {
  ASSAY_ASSIGN(const Wanted wanted, resolve(request));
  ASSAY_ASSIGN(const TemporaryFolder inbox, TemporaryFolder::make("devices"));
  ASSAY_ASSIGN(store::Store store, store::Store::open(request.run.db, store::OpenMode::kReadWrite));
  ASSAY_ASSIGN(std::vector<Lane> lanes, Preparation(request, wanted, inbox, store).lanes());
  std::vector<std::jthread> threads;
  for (Lane& lane : lanes) {
    threads.emplace_back(
        [&lane, &request, &observer, &stop] { drive(lane, request.run.db, observer, stop); });
  }
  threads.clear();  // joins
  std::vector<DeviceOutcome> outcomes;
  for (const Lane& lane : lanes) {
    ASSAY_ASSIGN(DeviceOutcome outcome, summarize(store, lane));
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace assay::campaign
