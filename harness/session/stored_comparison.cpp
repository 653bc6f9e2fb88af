#include <optional>

#include <harness/compare/compare.h>
#include <harness/compare/device_runs.h>
#include <harness/session/kept_units.h>
#include <harness/session/stored_comparison.h>
#include <harness/store/store.h>

namespace assay::session {
namespace {

/// The two sides' records; of one run only the first.
struct Sides {
  RunRecord a;
  std::optional<RunRecord> b;
};

Result<RunRecord> load_full(store::Store& store, const std::string& selector) {
  ASSAY_ASSIGN(const std::int64_t id, store.find_run(selector));
  return store.load_run(id, store::Detail::kFull);
}

Result<Sides> load_devices(store::Store& store, const ComparisonRequest& request) {
  std::optional<std::int64_t> only;
  if (!request.run.empty()) {
    ASSAY_ASSIGN(only, store.find_run(request.run));
  }
  ASSAY_ASSIGN(const std::vector<RunInfo> runs, store.list_runs());
  ASSAY_ASSIGN(const auto devices, store.devices_of_runs());
  ASSAY_ASSIGN(const compare::DeviceRuns found,
               compare::find_device_runs(runs, devices, request.a, request.b, only));
  Sides sides;
  ASSAY_ASSIGN(sides.a, store.load_run(found.a, store::Detail::kFull));
  ASSAY_ASSIGN(sides.b, store.load_run(found.b, store::Detail::kFull));
  return sides;
}

Result<Sides> load_sides(const ComparisonRequest& request) {
  ASSAY_ASSIGN(store::Store store,
               store::Store::open(request.database, store::OpenMode::kReadOnly));
  if (request.axis == compare::Axis::kDevice) {
    return load_devices(store, request);
  }
  Sides sides;
  if (request.axis == compare::Axis::kRun) {
    ASSAY_ASSIGN(sides.a, load_full(store, request.a));
    ASSAY_ASSIGN(sides.b, load_full(store, request.b));
  } else {
    ASSAY_ASSIGN(sides.a, load_full(store, request.run.empty() ? "latest" : request.run));
  }
  return sides;
}

Result<compare::Comparison> compare_sides(const Sides& sides, const ComparisonRequest& request) {
  const KeptUnits units(request.tasks, request.database);
  switch (request.axis) {
    case compare::Axis::kRun:
      return compare::compare_runs(sides.a, *sides.b, units, {});
    case compare::Axis::kDevice:
      return compare::compare_devices(sides.a, request.a, *sides.b, request.b, units, {});
    default:
      return compare::compare_in_run(sides.a, request.axis, request.a, request.b, units, {});
  }
}

}  // namespace

Result<compare::Comparison> compare_stored(const ComparisonRequest& request) {
  ASSAY_ASSIGN(const Sides sides, load_sides(request));
  return compare_sides(sides, request);
}

}  // namespace assay::session
