#include <limits>

#include <harness/store/floor_rows.h>

namespace assay::store {
namespace {

constexpr auto kReplaceFloor =
    "INSERT OR REPLACE INTO golden_floor (suite, case_name, model, variant, golden_sha256, figure, "
    "floor, runs, threads, measured_utc, machine) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto kFloors =
    "SELECT suite, case_name, model, variant, golden_sha256, figure, floor, runs, threads, "
    "measured_utc, machine FROM golden_floor WHERE suite = ? "
    "ORDER BY case_name, variant, golden_sha256, figure, machine";

}  // namespace

Status replace_floors(Database& database, std::span<const GoldenFloor> floors) {
  ASSAY_ASSIGN(Statement replace, database.prepare(kReplaceFloor));
  // Bound by position, so that a new field that is not stored does not compile.
  for (const auto& [suite, case_name, model, variant, golden_sha256, figure, floor, runs, threads,
                    measured_utc, machine] : floors) {
    ASSAY_TRY(replace.run(suite, case_name, model, variant, golden_sha256, figure, floor, runs,
                          threads, measured_utc, machine));
  }
  return {};
}

Result<std::vector<GoldenFloor>> read_floors(Database& database, std::string_view suite) {
  ASSAY_ASSIGN(Statement rows, database.prepare(kFloors));
  rows.start(suite);
  std::vector<GoldenFloor> floors;
  while (true) {
    ASSAY_ASSIGN(const bool found, rows.next_row());
    if (!found) {
      return floors;
    }
    floors.push_back({.suite = rows.text(0),
                      .case_name = rows.text(1),
                      .model = rows.text(2),
                      .variant = rows.text(3),
                      .golden_sha256 = rows.text(4),
                      .figure = rows.text(5),
                      .floor = rows.real(6).value_or(std::numeric_limits<double>::quiet_NaN()),
                      .runs = rows.unsigned_integer(7),
                      .threads = rows.text(8),
                      .measured_utc = rows.text(9),
                      .machine = rows.text(10)});
  }
}

}  // namespace assay::store
