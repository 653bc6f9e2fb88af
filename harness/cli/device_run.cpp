#include <cstdio>
#include <future>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include <fmt/ranges.h>
#include <unistd.h>

#include <harness/base/clock.h>
#include <harness/base/file.h>
#include <harness/base/temporary_folder.h>
#include <harness/cli/backend_text.h>
#include <harness/cli/cache_folder.h>
#include <harness/cli/command.h>
#include <harness/cli/device_files.h>
#include <harness/cli/device_plan.h>
#include <harness/cli/device_run.h>
#include <harness/cli/progress.h>
#include <harness/cli/run_info.h>
#include <harness/cli/run_plan.h>
#include <harness/cli/stop_signal.h>
#include <harness/device/device_lane.h>
#include <harness/store/store.h>
#include <suites/suite_finder.h>

namespace assay::cli {
namespace {

namespace fs = std::filesystem;

/// Prints whole lines that name their device; the lanes talk at the same time.
class LanePrinter : public device::LaneObserver {
 public:
  void note(const std::string& device, const std::string& text) override {
    const std::lock_guard lock(mutex_);
    print(device, text);
  }

  void messages(const std::string& device, const std::string& text) override {
    const std::lock_guard lock(mutex_);
    std::string& rest = unfinished_[device];
    rest += text;
    for (std::size_t end = 0; (end = rest.find('\n')) != std::string::npos;) {
      const std::string line = rest.substr(0, end);
      rest.erase(0, end + 1);
      if (!line.starts_with(kProgressMark)) {
        print(device, line);
      } else if (terminal_) {
        fmt::print(stderr, "\r\033[K[{}] {}", device, line.substr(kProgressMark.size()));
        std::fflush(stderr);
      }
    }
  }

 private:
  void print(const std::string& device, const std::string& text) const {
    fmt::print(stderr, "{}[{}] {}\n", terminal_ ? "\r\033[K" : "", device, text);
  }

  std::mutex mutex_;
  std::map<std::string, std::string> unfinished_;
  bool terminal_ = ::isatty(STDERR_FILENO) == 1;
};

/// One device's part of the command.
struct Lane {
  device::LaneJob job;
  std::int64_t run_id = 0;
  std::string problem;  ///< why it must not even be tried; empty: nothing
  /// "backend:MODEL/VARIANT" -> what was chosen here; the device only knows what it was told.
  device::DeviceFacts backend_facts;
  device::LaneOutcome outcome;
  Status stored;  ///< whether what came back could be stored
};

/// Until the device's own run is merged, nothing is known of it.
Fingerprint unknown_fingerprint(const Fingerprint& local) {
  Fingerprint unknown;
  for (const auto& [key, value] : local) {
    unknown[key] = "unreadable";
  }
  return unknown;
}

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

/// Prepares lanes: plans, run rows, files.
class Preparation {
 public:
  Preparation(const DeviceRunRequest& request, const TemporaryFolder& inbox, store::Store& store)
      : request_(request), inbox_(inbox), store_(store), campaign_(new_run_info().uuid) {}

  Result<std::vector<Lane>> lanes() {
    ASSAY_ASSIGN(const std::vector<device::DeviceSpec> devices, choose_devices(request_.choice));
    if (!request_.resume.empty() && devices.size() != 1) {
      return make_error(ErrorCode::kUsage, "--resume goes on with one run: name its device alone");
    }
    const std::vector<std::string> problems = device::find_shared_targets(devices);
    std::vector<Lane> lanes;
    if (!request_.resume.empty()) {
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
        RunOptions options = request_.options;
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
    RunInfo info = describe_run(plan);
    info.campaign = campaign_;
    info.revision = request_.revision;
    info.fingerprint = unknown_fingerprint(info.fingerprint);
    Lane lane;
    ASSAY_ASSIGN(lane.run_id, store_.begin_run(info, plan.matrix()));
    lane.backend_facts = plan.backend_facts;
    ASSAY_ASSIGN(lane.job, make_job(device, plan, info));
    return lane;
  }

  Result<Lane> resume(const device::DeviceSpec& device) {
    Lane lane;
    ASSAY_ASSIGN(lane.run_id, store_.find_run(request_.resume));
    ASSAY_ASSIGN(const RunRecord record, store_.load_run(lane.run_id, store::Detail::kScores));
    if (record.info.options.device != device.name) {
      return make_error(ErrorCode::kUsage, "run {} is of device '{}', not of '{}'", lane.run_id,
                        record.info.options.device, device.name);
    }
    RunOptions options = record.info.options;
    options.backends = planned_backends(record.cells);
    ASSAY_ASSIGN(const run::RunPlan plan, plan_for_device(options, device, request_.choice));
    if (describe_run(plan).suite_sha256 != record.info.suite_sha256) {
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
    const fs::path cache = cache_folder(suites::find_suites_folder(program));
    ASSAY_ASSIGN(DeviceFiles files, collect_device_files(plan, cache / "device-hashes.json"));
    device::LaneJob job{.device = device,
                        .uuid = info.uuid,
                        .files = std::move(files.files),
                        .arguments = device_arguments(plan.options, files.suites),
                        .database = inbox_.path() / (info.uuid + ".db"),
                        .find_kit = [choice = request_.choice, device](const std::string& arch) {
                          return kit_of(device, choice, arch);
                        }};
    job.arguments.insert(job.arguments.end(), request_.extra_words.begin(),
                         request_.extra_words.end());
    job.arguments.insert(job.arguments.end(), {"--uuid", info.uuid, "--as-device", device.name,
                                               "--campaign", info.campaign, "--no-artifacts"});
    return job;
  }

  const DeviceRunRequest& request_;
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

struct LaneSummary {
  std::string device;
  std::int64_t run_id = 0;
  std::size_t cells = 0;
  std::size_t passed = 0;
  std::size_t skipped = 0;            ///< because the suite falls back
  std::vector<std::string> failures;  ///< one line a failed cell, the first few
  device::DeviceFacts backends;       ///< "backend:MODEL/VARIANT" -> what was chosen, and why
};

Result<LaneSummary> summarize(store::Store& store, const Lane& lane) {
  constexpr std::size_t kMostLines = 10;
  ASSAY_ASSIGN(const RunRecord record, store.load_run(lane.run_id, store::Detail::kScores));
  LaneSummary summary{
      .device = lane.job.device.name, .run_id = lane.run_id, .backends = lane.backend_facts};
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

void print_summaries(const std::vector<LaneSummary>& summaries, const std::string& format) {
  if (format == "json") {
    auto document = nlohmann::ordered_json::array();
    for (const LaneSummary& one : summaries) {
      document.push_back({{"device", one.device},
                          {"run", one.run_id},
                          {"cells", one.cells},
                          {"passed", one.passed},
                          {"skipped", one.skipped},
                          {"failures", one.failures},
                          {"backends", one.backends}});
    }
    fmt::print("{}\n", document.dump(2));
    return;
  }
  fmt::print("{:<20} {:>5} {:>7} {:>7}\n", "device", "run", "cells", "passed");
  for (const LaneSummary& one : summaries) {
    fmt::print("{:<20} {:>5} {:>7} {:>7}\n", one.device, one.run_id, one.cells, one.passed);
  }
  std::map<std::string, std::vector<std::string>> devices_of;  // by the backends' lines
  for (const LaneSummary& one : summaries) {
    devices_of[format_backends(one.backends)].push_back(one.device);
  }
  for (const auto& [lines, devices] : devices_of) {
    if (!lines.empty()) {
      fmt::print("\n{}:\n{}", fmt::join(devices, ", "), lines);
    }
  }
  for (const LaneSummary& one : summaries) {
    if (const std::size_t failed = one.cells - one.passed - one.skipped; failed > 0) {
      fmt::print("\n{}: {} of {} cells did not pass\n", one.device, failed, one.cells);
      for (const std::string& line : one.failures) {
        fmt::print("  {}\n", line);
      }
    }
  }
}

int exit_code_of(const std::vector<Lane>& lanes, const std::vector<LaneSummary>& summaries) {
  int code = kOk;
  for (const LaneSummary& one : summaries) {
    code = one.passed + one.skipped < one.cells ? kFailed : code;
  }
  for (const Lane& lane : lanes) {
    if (!lane.outcome.failed_stage.empty() || !lane.stored.ok()) {
      code = kInfrastructureError;
    }
  }
  for (const Lane& lane : lanes) {
    code = lane.outcome.stopped ? kInterrupted : code;
  }
  return code;
}

void print_next_step(const std::vector<Lane>& lanes, const fs::path& db) {
  std::fflush(stdout);  // before the hints on stderr
  for (const Lane& lane : lanes) {
    if (!lane.outcome.failed_stage.empty()) {
      fmt::print(stderr, "assay: go on with run {}: assay run --resume {} --device {} --db {}\n",
                 lane.run_id, lane.run_id, lane.job.device.name, db.string());
    }
  }
  if (lanes.size() > 1) {
    fmt::print(stderr,
               "assay: next: assay compare --axis device {} {} --db {}; assay report matrix "
               "--db {}\n",
               lanes[0].job.device.name, lanes[1].job.device.name, db.string(), db.string());
  }
}

}  // namespace

Result<int> run_on_devices(const DeviceRunRequest& request) {
  ASSAY_ASSIGN(const TemporaryFolder inbox, TemporaryFolder::make("devices"));
  ASSAY_ASSIGN(store::Store store, store::Store::open(request.db, store::OpenMode::kReadWrite));
  ASSAY_ASSIGN(std::vector<Lane> lanes, Preparation(request, inbox, store).lanes());
  const std::atomic<bool>& stop = catch_stop_signals();
  LanePrinter printer;
  std::vector<std::jthread> threads;
  for (Lane& lane : lanes) {
    threads.emplace_back(
        [&lane, &request, &printer, &stop] { drive(lane, request.db, printer, stop); });
  }
  threads.clear();  // joins
  std::vector<LaneSummary> summaries;
  for (const Lane& lane : lanes) {
    ASSAY_ASSIGN(LaneSummary summary, summarize(store, lane));
    summaries.push_back(std::move(summary));
  }
  print_summaries(summaries, request.format);
  print_next_step(lanes, request.db);
  return exit_code_of(lanes, summaries);
}

}  // namespace assay::cli
