#include <harness/store/block_rows.h>
#include <harness/store/gate_rows.h>
#include <harness/store/read_run.h>

namespace assay::store {
namespace {

#define ASSAY_KEY_COLUMNS "suite, case_name, model, variant, backend, threads, device"

constexpr auto kDeleteSides =
    "DELETE FROM side_by_side WHERE run_id = ? AND baseline_run_id = ? AND suite = ? AND "
    "case_name = ? AND model = ? AND variant = ? AND backend = ? AND threads = ? AND device = ? "
    "AND question = ? AND attempt = ?";
constexpr auto kInsertSides =
    "INSERT INTO side_by_side (run_id, baseline_run_id, " ASSAY_KEY_COLUMNS
    ", question, attempt, a_program_sha256, a_pte_sha256, b_program_sha256, b_pte_sha256, "
    "failure) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto kInsertSideBlock =
    "INSERT INTO side_block (side_by_side_id, side, " ASSAY_BLOCK_COLUMNS
    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto kSides =
    "SELECT side_by_side_id, " ASSAY_KEY_COLUMNS
    ", question, attempt, a_program_sha256, a_pte_sha256, b_program_sha256, b_pte_sha256, "
    "failure FROM side_by_side WHERE run_id = ? AND baseline_run_id = ? ORDER BY side_by_side_id";
constexpr auto kSideBlocks =
    "SELECT block_id, " ASSAY_BLOCK_COLUMNS
    " FROM side_block WHERE side_by_side_id = ? AND side = ? ORDER BY block_id";

constexpr auto kReplaceCalibration =
    "INSERT OR REPLACE INTO calibration (" ASSAY_KEY_COLUMNS
    ", metric, machine, budget_s, comparisons, false_positive_rate, minimum_detectable_effect, "
    "noise_sd, measured_utc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto kCalibrations =
    "SELECT 0, " ASSAY_KEY_COLUMNS
    ", metric, machine, budget_s, comparisons, false_positive_rate, minimum_detectable_effect, "
    "noise_sd, measured_utc FROM calibration WHERE machine = ?";

constexpr auto kInsertGate =
    "INSERT INTO gate (run_id, baseline_run_id, verdict, policy, report, judged_utc) "
    "VALUES (?, ?, ?, ?, ?, ?)";
constexpr auto kGates =
    "SELECT run_id, baseline_run_id, verdict, policy, report, judged_utc FROM gate "
    "WHERE ?1 IS NULL OR run_id = ?1 ORDER BY gate_id DESC";

Result<SideBySide> read_sides_row(const Statement& row) {
  const std::optional<Question> question = question_from_name(row.text(8));
  if (!question) {
    return make_error(ErrorCode::kCorrupt, "side_by_side row {}: unknown question '{}'",
                      row.integer(0), row.text(8));
  }
  return SideBySide{.key = read_key(row),
                    .question = *question,
                    .attempt = static_cast<int>(row.integer(9)),
                    .a_identity = {.program_sha256 = row.text(10), .pte_sha256 = row.text(11)},
                    .b_identity = {.program_sha256 = row.text(12), .pte_sha256 = row.text(13)},
                    .failure = row.text(14)};
}

}  // namespace

Status replace_side_by_side(Database& database, std::int64_t run_id, std::int64_t baseline_run_id,
                            const SideBySide& measured) {
  const auto& [key, question, attempt, a_identity, b_identity, failure, a, b] = measured;
  ASSAY_ASSIGN(Statement remove, database.prepare(kDeleteSides));
  ASSAY_TRY(remove.run(run_id, baseline_run_id, key.suite, key.case_name, key.model, key.variant,
                       key.backend, key.threads, key.device, question_name(question), attempt));
  ASSAY_ASSIGN(Statement insert, database.prepare(kInsertSides));
  ASSAY_TRY(insert.run(run_id, baseline_run_id, key.suite, key.case_name, key.model, key.variant,
                       key.backend, key.threads, key.device, question_name(question), attempt,
                       a_identity.program_sha256, a_identity.pte_sha256, b_identity.program_sha256,
                       b_identity.pte_sha256, failure));
  const std::int64_t id = database.last_row_id();
  ASSAY_ASSIGN(Statement insert_block, database.prepare(kInsertSideBlock));
  ASSAY_TRY(insert_blocks(insert_block, a, id, std::string_view("a")));
  return insert_blocks(insert_block, b, id, std::string_view("b"));
}

Result<std::vector<SideBySide>> read_side_by_side(Database& database, std::int64_t run_id,
                                                  std::int64_t baseline_run_id) {
  ASSAY_ASSIGN(Statement select, database.prepare(kSides));
  ASSAY_ASSIGN(Statement blocks, database.prepare(kSideBlocks));
  select.start(run_id, baseline_run_id);
  std::vector<SideBySide> list;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return list;
    }
    ASSAY_ASSIGN(SideBySide measured, read_sides_row(select));
    blocks.start(select.integer(0), std::string_view("a"));
    ASSAY_ASSIGN(measured.a, read_blocks(blocks, "side_block"));
    blocks.start(select.integer(0), std::string_view("b"));
    ASSAY_ASSIGN(measured.b, read_blocks(blocks, "side_block"));
    list.push_back(std::move(measured));
  }
}

Status replace_calibration(Database& database, const Calibration& calibration) {
  const auto& [key, metric, machine, budget_s, comparisons, false_positive_rate,
               minimum_detectable_effect, noise_sd, measured_utc] = calibration;
  ASSAY_ASSIGN(Statement replace, database.prepare(kReplaceCalibration));
  return replace.run(key.suite, key.case_name, key.model, key.variant, key.backend, key.threads,
                     key.device, metric, machine, budget_s, comparisons, false_positive_rate,
                     minimum_detectable_effect, noise_sd, measured_utc);
}

Result<std::vector<Calibration>> read_calibrations(Database& database, std::string_view machine) {
  ASSAY_ASSIGN(Statement select, database.prepare(kCalibrations));
  select.start(machine);
  std::vector<Calibration> list;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return list;
    }
    list.push_back({.key = read_key(select),
                    .metric = select.text(8),
                    .machine = select.text(9),
                    .budget_s = select.real(10).value_or(0),
                    .comparisons = select.integer(11),
                    .false_positive_rate = select.real(12).value_or(0),
                    .minimum_detectable_effect = select.real(13).value_or(0),
                    .noise_sd = select.real(14).value_or(0),
                    .measured_utc = select.text(15)});
  }
}

Status insert_gate(Database& database, const GateRecord& gate) {
  const auto& [run_id, baseline_run_id, verdict, policy_json, report_json, judged_utc] = gate;
  ASSAY_ASSIGN(Statement insert, database.prepare(kInsertGate));
  return insert.run(run_id, baseline_run_id, verdict, policy_json, report_json, judged_utc);
}

Result<std::vector<GateRecord>> read_gates(Database& database, std::optional<std::int64_t> run_id) {
  ASSAY_ASSIGN(Statement select, database.prepare(kGates));
  select.start(run_id);
  std::vector<GateRecord> gates;
  while (true) {
    ASSAY_ASSIGN(const bool found, select.next_row());
    if (!found) {
      return gates;
    }
    GateRecord gate{.run_id = select.integer(0),
                    .verdict = select.text(2),
                    .policy_json = select.text(3),
                    .report_json = select.text(4),
                    .judged_utc = select.text(5)};
    if (!select.is_null(1)) {
      gate.baseline_run_id = select.integer(1);
    }
    gates.push_back(std::move(gate));
  }
}

}  // namespace assay::store
